package org.kappabeam.transforms.kinesis;

import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;

/** Turns what was read of a shard into batches. */
final class KinesisBatches {
  /** Bounds a batch's records. */
  static final int MAX_RECORDS = 5_000;

  /** Bounds a batch's bytes of keys and values; a single larger record is a batch of its own. */
  static final int MAX_BYTES = 1 << 20;

  private KinesisBatches() {}

  /** The end (exclusive) of the batch that starts at {@code start}: it has one partition. */
  static int end(List<KinesisRecord> records, int start) {
    int limit = Math.min(records.size(), start + MAX_RECORDS);
    String partition = records.get(start).position().partition();
    long bytes = 0;
    int end = start;
    while (end < limit && records.get(end).position().partition().equals(partition)) {
      bytes += records.get(end).bytes();
      if (bytes > MAX_BYTES && end > start) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Records {@code [start, end)} as a batch. */
  static LogBatch batch(List<KinesisRecord> records, int start, int end) {
    int n = end - start;
    long[] offsets = new long[n];
    long[] logTimes = new long[n];
    byte[][] keys = new byte[n][];
    byte[][] values = new byte[n][];
    List<List<LogHeader>> headers = new ArrayList<>(n);
    boolean anyHeader = false;
    for (int i = 0; i < n; i++) {
      KinesisRecord record = records.get(start + i);
      offsets[i] = record.position().offset();
      logTimes[i] = record.logTime();
      keys[i] = record.key();
      values[i] = record.value();
      headers.add(record.headers());
      anyHeader |= !record.headers().isEmpty();
    }
    return new LogBatch(
        records.get(start).position().partition(),
        offsets,
        logTimes,
        keys,
        values,
        anyHeader ? headers : null);
  }
}
