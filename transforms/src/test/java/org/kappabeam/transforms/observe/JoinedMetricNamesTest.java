package org.kappabeam.transforms.observe;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

class JoinedMetricNamesTest {
  @Test
  void everyCounterOfTheBalanceIsFoundAgain() {
    for (MetricName name :
        new MetricName[] {
          Conservation.readCounter().getName(),
          Conservation.foldedCounter().getName(),
          Conservation.duplicateCounter().getName(),
          Conservation.deadCounter().getName(),
          Conservation.lostCounter().getName()
        }) {
      assertThat(joinedAndParsed(name), is(name));
    }
  }

  @Test
  void positionsAreFoundAgainWithTheirPartitions() {
    for (String namespace : ReadPositions.NAMESPACES) {
      for (String partition : new String[] {"0", "17", "shardId-000000000001", "my_topic"}) {
        MetricName name = MetricName.named(namespace, partition);
        assertThat(joinedAndParsed(name), is(name));
      }
    }
  }

  @Test
  void rowsAreFoundAgainWithTheirView() {
    MetricName name = MetricName.named("scored_transactions", "rows_written");
    assertThat(joinedAndParsed(name), is(name));
  }

  @Test
  void whatIsNotOursIsLeftAlone() {
    for (String other : new String[] {"numRecordsIn", "kappa_", "kappa_unheard", "rows_written"}) {
      assertThat(JoinedMetricNames.parse(other), is(nullValue()));
    }
  }

  private static MetricName joinedAndParsed(MetricName name) {
    return JoinedMetricNames.parse(name.getNamespace() + "_" + name.getName());
  }
}
