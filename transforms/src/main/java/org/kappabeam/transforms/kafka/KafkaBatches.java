package org.kappabeam.transforms.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;

/** Turns what a poll returned into batches, without an object per record. */
final class KafkaBatches {
  /** Bounds a batch's records; a poll returns no more. */
  static final int MAX_RECORDS = KafkaClients.MAX_POLL_RECORDS;

  /** Bounds a batch's bytes of keys and values; a single larger record is a batch of its own. */
  static final int MAX_BYTES = 1 << 20;

  private KafkaBatches() {}

  /** The end (exclusive) of the batch that starts at {@code start}. */
  static int end(List<ConsumerRecord<byte[], byte[]>> records, int start, long untilOffset) {
    int limit = Math.min(records.size(), start + MAX_RECORDS);
    long bytes = 0;
    int end = start;
    while (end < limit && records.get(end).offset() < untilOffset) {
      bytes += bytes(records.get(end));
      if (bytes > MAX_BYTES && end > start) {
        break;
      }
      end++;
    }
    return end;
  }

  static int bytes(ConsumerRecord<byte[], byte[]> record) {
    return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
  }

  /** Records {@code [start, end)} as a batch. */
  static LogBatch batch(
      String partition, List<ConsumerRecord<byte[], byte[]>> records, int start, int end) {
    int n = end - start;
    long[] offsets = new long[n];
    long[] logTimes = new long[n];
    byte[][] keys = new byte[n][];
    byte[][] values = new byte[n][];
    List<List<LogHeader>> headers = null;
    for (int i = 0; i < n; i++) {
      ConsumerRecord<byte[], byte[]> record = records.get(start + i);
      offsets[i] = record.offset();
      logTimes[i] = record.timestamp();
      keys[i] = record.key();
      values[i] = record.value();
      List<LogHeader> own = headers(record.headers());
      if (headers == null && own != null) {
        headers = new ArrayList<>(n);
        for (int before = 0; before < i; before++) {
          headers.add(List.of());
        }
      }
      if (headers != null) {
        headers.add(own == null ? List.of() : own);
      }
    }
    return new LogBatch(partition, offsets, logTimes, keys, values, headers);
  }

  private static @Nullable List<LogHeader> headers(Headers headers) {
    Header[] all = headers.toArray();
    if (all.length == 0) {
      return null;
    }
    LogHeader[] own = new LogHeader[all.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = LogHeader.of(all[i].key(), all[i].value());
    }
    return List.of(own);
  }
}
