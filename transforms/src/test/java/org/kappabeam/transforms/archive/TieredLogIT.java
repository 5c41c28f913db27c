package org.kappabeam.transforms.archive;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.kafka.KafkaBroker;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogContract;
import org.kappabeam.transforms.log.Logs;

/**
 * The contract, by a topic whose older half of every append is archived, and half of that deleted
 * from the topic.
 */
class TieredLogIT extends LogContract {
  @TempDir private static Path dir;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() {
    broker = new KafkaBroker(dir.resolve("kafka"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  protected String newLog(int partitions) {
    String archive = Archives.uri(dir.resolve("archive-" + System.nanoTime()));
    String topic = broker.newTopic(partitions);
    Archives.copy(Logs.open(topic, properties()), archive);
    return "tiered:" + archive + "," + topic;
  }

  @Override
  protected Map<String, String> properties() {
    return KafkaBroker.PROPERTIES;
  }

  @Override
  protected List<LogRecord> append(String uri, List<LogRecord> records) {
    TieredUri tiers = TieredUri.parse(uri);
    Log topic = Logs.open(tiers.log(), properties());
    int half = (records.size() + 1) / 2;
    List<LogRecord> written = new ArrayList<>(broker.append(tiers.log(), records.subList(0, half)));
    Archives.copy(topic, tiers.archive());
    deleteHalf(tiers.log(), topic.resolve("earliest", "latest"));
    written.addAll(broker.append(tiers.log(), records.subList(half, records.size())));
    return written;
  }

  private static void deleteHalf(String uri, Slice all) {
    String topic = uri.substring(uri.lastIndexOf('/') + 1);
    Map<TopicPartition, RecordsToDelete> below = new HashMap<>();
    for (Slice.Range range : all.ranges()) {
      below.put(
          new TopicPartition(topic, Integer.parseInt(range.partition())),
          RecordsToDelete.beforeOffset((range.from() + range.until()) / 2));
    }
    try (Admin admin = broker.admin(uri)) {
      admin.deleteRecords(below).all().get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected String unknownLog() {
    return "tiered:" + Archives.uri(dir.resolve("nowhere")) + "," + broker.uri("nowhere");
  }

  @Override
  protected String deadLog() {
    // Port 1 is reserved and served by nobody.
    return "tiered:" + Archives.uri(dir.resolve("nowhere")) + ",kafka://127.0.0.1:1/topic";
  }
}
