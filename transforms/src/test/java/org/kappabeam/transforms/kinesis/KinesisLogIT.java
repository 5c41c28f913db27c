package org.kappabeam.transforms.kinesis;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.log.LogAbility;
import org.kappabeam.transforms.log.LogContract;

/** With envelopes a stream can all that a log should. */
class KinesisLogIT extends LogContract {
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
    return kinesis.newStream(partitions, true);
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
    return kinesis.uri("nowhere", true);
  }

  @Override
  protected String deadLog() {
    // Port 1 is reserved and served by nobody.
    return "kinesis://us-east-1/stream?envelope=kappa&endpoint=http://127.0.0.1:1";
  }

  @Override
  protected Map<LogAbility, String> lacks() {
    return Map.of(LogAbility.CONSECUTIVE_POSITIONS, "sequence numbers grow, but not one by one");
  }
}
