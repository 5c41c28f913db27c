package org.kappabeam.benchmarks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.transforms.kafka.KafkaLogWriter;
import org.kappabeam.transforms.kafka.KafkaTopics;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.observe.Conservation;

/**
 * The hand-written Flink job shares no code with the fold, so it is an independent witness: on a
 * log that is shuffled, duplicated and damaged it must end with the rows and the evidence that the
 * pilot ends with, live and as a slice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IndependentJobIT {
  private static final String TOPIC = "transactions";
  private static final int SHARDS = 32;

  @TempDir private static Path dir;
  private EmbeddedKafka kafka;
  private FeedReport fed;

  @BeforeAll
  void loadTopic() {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    String uri = kafka.uri(TOPIC);
    KafkaTopics.create(uri, 4, Map.of());
    FraudFeed.Options badly =
        new FraudFeed.Options(MessageFormat.AVRO, TimeUnit.HOURS.toMillis(20), 0.05, 0.01, 11, 0);
    try (KafkaLogWriter log = KafkaLogWriter.open(uri, Map.of())) {
      fed =
          new FraudFeed(badly, log, progress -> {})
              .run(new FraudSimulator(FraudSimulator.Options.of(11, 60, 250, 120)).iterator());
    }
  }

  @AfterAll
  void stopBroker() {
    kafka.close();
  }

  @Test
  void theHandWrittenJobAndThePilotAgreeOnEveryRow() throws Exception {
    RowTable.Digest witness = digestOf(Job.NATIVE);
    assertThat(witness.rows(), is(fed.transactions()));
    assertThat(fed.transactions(), greaterThan(20_000L));
    assertThat(fed.duplicates(), greaterThan(1_000L));

    assertThat(digestOf(Job.LIVE), equalTo(witness));
    assertThat(digestOf(Job.SLICE), equalTo(witness));
  }

  private RowTable.Digest digestOf(Job job) throws Exception {
    RowTable.clear();
    Meter.clear();
    Conservation counts =
        JobProcess.run(job, kafka.bootstrapServers(), TOPIC, SHARDS, 0, dir.resolve(job.name()));
    assertThat(Meter.records(), is(fed.records()));
    assertThat(counts.isReconciled(), is(true));
    return RowTable.digest();
  }
}
