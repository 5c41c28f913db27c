package org.kappabeam.transforms.kafka.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.kafka.KafkaTopics;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

@Timeout(60)
class EmbeddedKafkaIT {
  @Test
  void aBrokerStartedAgainInTheSamePlaceStillHasItsRecords(@TempDir Path dir) {
    String uri;
    int port;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir)) {
      uri = kafka.uri("topic");
      port = kafka.port();
      Logs.create(uri, 2, Map.of());
      write(uri, 10);
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, port)) {
      assertThat(kafka.uri("topic"), is(uri));
      // Leaves a topic that exists as it is.
      Logs.create(uri, 5, Map.of());
      write(uri, 5);
      Slice slice = Logs.open(uri, Map.of()).resolve("earliest", "latest");
      assertThat(slice.ranges().size(), is(2));
      assertThat(slice.size(), is(15L));
    }
  }

  @Test
  void aBrokerThatWasKilledStartsAgainSoonWithItsRecords(@TempDir Path dir) throws Exception {
    KilledBroker.run(dir, "topic", 10);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir)) {
      String uri = kafka.uri("topic");
      write(uri, 5);
      assertThat(Logs.open(uri, Map.of()).resolve("earliest", "latest").size(), is(15L));
    }
  }

  @Test
  void aStoppedBrokerLeavesNoThreadThatKeepsTheProcessAlive(@TempDir Path dir) {
    List<Thread> before = lastingThreads();
    EmbeddedKafka kafka = EmbeddedKafka.start(dir);
    kafka.close();
    kafka.close();

    List<Thread> after = lastingThreads();
    after.removeAll(before);
    assertThat(after, is(empty()));
  }

  @Test
  void aSecondBrokerInTheSameDirectoryIsOneClearFailure(@TempDir Path dir) {
    try (EmbeddedKafka first = EmbeddedKafka.start(dir)) {
      KappaException failure =
          assertThrows(KappaException.class, () -> EmbeddedKafka.start(dir).close());
      assertThat(failure.getMessage(), containsString(dir.toString()));
      assertThat(KafkaTopics.exists(first.uri("topic"), Map.of()), is(false));
    }
  }

  @Test
  void aPortInUseIsOneClearFailure(@TempDir Path one, @TempDir Path other) {
    try (EmbeddedKafka first = EmbeddedKafka.start(one)) {
      assertThrows(KappaException.class, () -> EmbeddedKafka.start(other, first.port()).close());
    }
  }

  @Test
  void aRecordBeyondTheLimitFailsTheWriterWithOneClearLine(@TempDir Path dir) {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir)) {
      String uri = kafka.uri("topic");
      KafkaTopics.create(uri, 1, Map.of());
      try (LogWriter writer = Logs.writer(uri, Map.of())) {
        KappaException failure =
            assertThrows(
                KappaException.class,
                () -> {
                  writer.write(null, new byte[20 << 20], 0);
                  writer.flush();
                });
        assertThat(failure.getMessage(), not(containsString("\n")));
        assertThrows(KappaException.class, writer::flush);
      }
    }
  }

  @Test
  void aWriterOutlastsABrokerRestart(@TempDir Path dir) {
    EmbeddedKafka kafka = EmbeddedKafka.start(dir);
    String uri = kafka.uri("topic");
    KafkaTopics.create(uri, 1, Map.of());
    try (LogWriter writer = Logs.writer(uri, Map.of())) {
      writer.write(null, new byte[1], 1);
      writer.flush();
      kafka.close();
      writer.write(null, new byte[1], 2);
      kafka = EmbeddedKafka.start(dir, kafka.port());
      writer.flush();
      assertThat(Logs.open(uri, Map.of()).resolve("earliest", "latest").size(), is(2L));
    } finally {
      kafka.close();
    }
  }

  private static void write(String uri, int n) {
    try (LogWriter writer = Logs.writer(uri, Map.of())) {
      for (int i = 0; i < n; i++) {
        writer.write(("k" + i).getBytes(UTF_8), new byte[] {1}, i);
      }
      writer.flush();
    }
  }

  private static List<Thread> lastingThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !thread.isDaemon())
        .collect(Collectors.toList());
  }
}
