package org.kappabeam.transforms.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.log.LogContract;

class KafkaLogIT extends LogContract {
  private static KafkaBroker broker;

  @BeforeAll
  static void start(@TempDir Path dir) {
    broker = new KafkaBroker(dir);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  protected String newLog(int partitions) {
    return broker.newTopic(partitions);
  }

  @Override
  protected Map<String, String> properties() {
    return KafkaBroker.PROPERTIES;
  }

  @Override
  protected List<LogRecord> append(String uri, List<LogRecord> records) {
    return broker.append(uri, records);
  }

  @Override
  protected String unknownLog() {
    return broker.uri("nowhere");
  }

  @Override
  protected String deadLog() {
    // Port 1 is reserved and served by nobody.
    return "kafka://127.0.0.1:1/topic";
  }
}
