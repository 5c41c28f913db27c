package org.kappabeam.transforms.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.SettlingClock;

/**
 * Appends to a topic: idempotent, acknowledged by all in-sync replicas, the partition chosen by the
 * key's hash.
 *
 * <p>What was written more than {@value #FLUSH_MILLIS} ms ago is acknowledged before more is
 * written. So no partition gets far ahead of another in log time, and readers can trust the newest
 * log time of the whole log once it has settled (see {@link SettlingClock}).
 */
public final class KafkaLogWriter implements LogWriter {
  static final long FLUSH_MILLIS = 300;

  /** The clock is looked at once in so many records. */
  private static final int CHECK_EVERY = 256;

  private final KafkaUri uri;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();
  private int unchecked;
  private long lastFlush = System.nanoTime();

  private KafkaLogWriter(KafkaUri uri, Producer<byte[], byte[]> producer) {
    this.uri = uri;
    this.producer = producer;
  }

  /**
   * Connects.
   *
   * @param clientProperties settings of the Kafka client (see {@link KafkaLog#of})
   * @throws KappaException if no broker answers or the topic does not exist
   */
  public static KafkaLogWriter open(String uri, Map<String, String> clientProperties) {
    KafkaUri kafka = KafkaUri.parse(uri);
    // The producer itself would wait for minutes, without telling a missing topic from a dead host.
    Admin admin = KafkaClients.admin(kafka, clientProperties);
    try {
      KafkaClients.describe(admin, kafka);
    } finally {
      KafkaClients.close(admin);
    }
    return new KafkaLogWriter(kafka, KafkaClients.producer(kafka, clientProperties));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes the failure
  public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    if (logTime < 0) {
      throw new KappaException(
          "a record has log time " + logTime + ", before 1970", "Kafka cannot hold it: drop it");
    }
    if (++unchecked >= CHECK_EVERY) {
      unchecked = 0;
      if (System.nanoTime() - lastFlush > FLUSH_MILLIS * 1_000_000) {
        flush();
      }
    }
    throwFirstFailure();
    try {
      producer.send(
          new ProducerRecord<>(uri.topic(), null, logTime, key, value),
          (metadata, failure) -> {
            if (failure != null) {
              firstFailure.compareAndSet(null, failure);
            }
          });
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      throw KafkaClients.failure(uri, e);
    }
  }

  @Override
  public void flush() {
    producer.flush();
    lastFlush = System.nanoTime();
    throwFirstFailure();
  }

  private void throwFirstFailure() {
    Exception failure = firstFailure.get();
    if (failure != null) {
      throw KafkaClients.failure(uri, failure);
    }
  }

  /** Sends what is still waiting; call {@link #flush} first to know whether it arrived. */
  @Override
  public void close() {
    producer.close();
  }
}
