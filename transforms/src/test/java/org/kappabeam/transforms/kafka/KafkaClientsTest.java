package org.kappabeam.transforms.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasEntry;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {
  /**
   * With several requests on their way to a topic just made, one write in a few hundred hung until
   * its delivery timed out: the broker had refused the first batch and taken the second.
   */
  @Test
  void aWriterHasOneRequestOnItsWayWhateverIsAskedFor() {
    Map<String, Object> config =
        KafkaClients.producerConfig(
            KafkaUri.parse("kafka://localhost:9092/transactions"),
            Map.of("max.in.flight.requests.per.connection", "5", "acks", "1"));
    assertThat(config, hasEntry("max.in.flight.requests.per.connection", (Object) 1));
    assertThat(config, hasEntry("acks", (Object) "all"));
    assertThat(config, hasEntry("enable.idempotence", (Object) true));
  }
}
