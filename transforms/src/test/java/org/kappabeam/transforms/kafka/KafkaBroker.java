package org.kappabeam.transforms.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;

/** A broker for tests, with what they need to fill it record by record. */
public final class KafkaBroker implements AutoCloseable {
  public static final Map<String, String> PROPERTIES = Map.of();

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final Path dir;
  private EmbeddedKafka kafka;

  public KafkaBroker(Path dir) {
    this(dir, Map.of());
  }

  /**
   * @param settings of the broker
   */
  public KafkaBroker(Path dir, Map<String, String> settings) {
    this.dir = dir;
    this.kafka = EmbeddedKafka.start(dir, 0, settings);
  }

  void stop() {
    kafka.close();
  }

  void startAgain() {
    kafka = EmbeddedKafka.start(dir, kafka.port());
  }

  public String newTopic(int partitions) {
    String uri = uri("topic-" + TOPICS.incrementAndGet());
    KafkaTopics.create(uri, partitions, PROPERTIES);
    return uri;
  }

  public String uri(String topic) {
    return kafka.uri(topic);
  }

  public Admin admin(String uri) {
    return KafkaClients.admin(KafkaUri.parse(uri), PROPERTIES);
  }

  Producer<byte[], byte[]> producer(String uri, Map<String, String> properties) {
    return KafkaClients.producer(KafkaUri.parse(uri), properties);
  }

  public List<LogRecord> append(String uri, List<LogRecord> records) {
    try (Producer<byte[], byte[]> producer = producer(uri, PROPERTIES)) {
      return append(uri, records, producer);
    }
  }

  static List<LogRecord> append(
      String uri, List<LogRecord> records, Producer<byte[], byte[]> producer) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (LogRecord record : records) {
      List<Header> headers =
          record.headers().stream()
              .<Header>map(header -> new RecordHeader(header.name(), header.value()))
              .toList();
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  KafkaUri.parse(uri).topic(),
                  Integer.parseInt(record.position().partition()),
                  record.logTime(),
                  record.key(),
                  record.value(),
                  headers)));
    }
    producer.flush();
    List<LogRecord> written = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      LogRecord record = records.get(i);
      written.add(
          LogRecord.of(
              LogPosition.of(record.position().partition(), offset(sent.get(i))),
              record.logTime(),
              record.key(),
              record.value(),
              record.headers()));
    }
    return written;
  }

  private static long offset(Future<RecordMetadata> sent) {
    try {
      return sent.get().offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    Optional.ofNullable(kafka).ifPresent(EmbeddedKafka::close);
  }
}
