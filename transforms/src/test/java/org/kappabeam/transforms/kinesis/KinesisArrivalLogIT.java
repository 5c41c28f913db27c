package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.log.LogAbility;
import org.kappabeam.transforms.log.LogContract;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/** Without envelopes: what other producers write, with the time of its arrival. */
class KinesisArrivalLogIT extends LogContract {
  private static KinesisMock kinesis;

  @BeforeAll
  static void start(@TempDir Path dir) {
    kinesis = KinesisMock.start(dir);
  }

  @AfterAll
  static void stop() {
    if (kinesis != null) {
      kinesis.close();
    }
  }

  @Override
  protected String newLog(int partitions) {
    return kinesis.newStream(partitions, false);
  }

  @Override
  protected Map<String, String> properties() {
    return kinesis.properties();
  }

  @Override
  protected List<LogRecord> append(String uri, List<LogRecord> records) {
    return kinesis.append(uri, records);
  }

  @Override
  protected String unknownLog() {
    return kinesis.uri("nowhere", false);
  }

  @Override
  protected String deadLog() {
    return "kinesis://us-east-1/stream?endpoint=http://127.0.0.1:1";
  }

  @Override
  protected Map<LogAbility, String> lacks() {
    return Map.of(
        LogAbility.CONSECUTIVE_POSITIONS, "sequence numbers grow, but not one by one",
        LogAbility.LOG_TIME, "the only time is that of arrival, which no producer can set",
        LogAbility.NULLS, "every record has a key and data",
        LogAbility.HEADERS, "there is no place for them",
        LogAbility.REPEATED_HEADERS, "there is no place for them");
  }

  /** Not the log time: the producer is not told it. */
  @Override
  protected LogRecord comparable(LogRecord record) {
    return LogRecord.of(record.position(), 0, record.key(), record.value(), List.of());
  }

  @Test
  void aWriterRefusesALogTimeThatWouldBeLost() {
    String uri = newLog(1);
    try (LogWriter writer = Logs.writer(uri, properties())) {
      byte[] bytes = "v".getBytes(StandardCharsets.UTF_8);
      KappaException failure =
          assertThrows(KappaException.class, () -> writer.write(bytes, bytes, EPOCH));
      assertThat(failure.getMessage(), containsString("?envelope=kappa"));
      assertThrows(
          KappaException.class, () -> writer.write(null, bytes, System.currentTimeMillis()));
      assertThrows(
          KappaException.class, () -> writer.write(bytes, null, System.currentTimeMillis()));
      writer.write(bytes, bytes, System.currentTimeMillis());
      writer.flush();
    }
    assertHoldsOne(uri);
  }

  private void assertHoldsOne(String uri) {
    assertThat(
        Logs.open(uri, properties()).resolve("earliest", "latest").ranges().get(0).isEmpty(),
        org.hamcrest.Matchers.is(false));
  }
}
