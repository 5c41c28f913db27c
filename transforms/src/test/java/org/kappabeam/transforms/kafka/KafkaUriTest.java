package org.kappabeam.transforms.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.Logs;

class KafkaUriTest {
  @Test
  void aUriNamesServersAndTopic() {
    KafkaUri uri = KafkaUri.parse("kafka://One:9092,10.0.0.2:9093,[::1]:9094/card.transactions_v1");

    assertThat(uri.servers(), is("one:9092,10.0.0.2:9093,[::1]:9094"));
    assertThat(uri.topic(), is("card.transactions_v1"));
    assertThat(
        uri.toString(), is("kafka://one:9092,10.0.0.2:9093,[::1]:9094/card.transactions_v1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka:",
        "kafka://",
        "kafka://host:9092",
        "kafka://host:9092/",
        "kafka://host/topic",
        "kafka:///topic",
        "kafka://host:99999/topic",
        "kafka://host:9092,/topic",
        "kafka://host:9092/a/b",
        "kafka://host:9092/topic?acks=1",
        "kafka://host:9092/..",
        "kafka://host:9092/umläut",
        "kafka://ho st:9092/topic",
      })
  void anotherFormIsRefusedWithTheRightOne(String uri) {
    KappaException failure = assertThrows(KappaException.class, () -> KafkaUri.parse(uri));

    assertThat(failure.getMessage(), containsString("kafka://host:9092/topic"));
  }

  @Test
  void aPasswordInAUriIsRefusedAndNotRepeated() {
    KappaException failure =
        assertThrows(
            KappaException.class, () -> KafkaUri.parse("kafka://user:pa55word@host:9092/topic"));

    assertThat(failure.getMessage(), not(containsString("pa55word")));
  }

  @Test
  void theSchemeFindsTheConnectorInAnyCase() {
    assertThat(Logs.open("KAFKA://h:1/t", Map.of()).uri(), is("kafka://h:1/t"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafak://h:1/t", "topic", "", ":"})
  void anUnknownSchemeNamesTheKnownOnes(String uri) {
    KappaException failure = assertThrows(KappaException.class, () -> Logs.open(uri, Map.of()));

    assertThat(failure.getMessage(), containsString("kafka:"));
  }
}
