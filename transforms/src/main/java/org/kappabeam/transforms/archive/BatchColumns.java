package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;

/** A batch in the making. */
final class BatchColumns {
  private final String partition;
  private final List<byte @Nullable []> keys = new ArrayList<>();
  private final List<byte @Nullable []> values = new ArrayList<>();
  private final List<List<LogHeader>> headers = new ArrayList<>();
  private long[] offsets = new long[64];
  private long[] logTimes = new long[64];
  private boolean anyHeader;

  BatchColumns(String partition) {
    this.partition = partition;
  }

  String partition() {
    return partition;
  }

  int size() {
    return keys.size();
  }

  void add(
      long offset,
      long logTime,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<LogHeader> own) {
    int n = size();
    if (n == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * n);
      logTimes = Arrays.copyOf(logTimes, 2 * n);
    }
    offsets[n] = offset;
    logTimes[n] = logTime;
    keys.add(key);
    values.add(value);
    headers.add(own);
    anyHeader |= !own.isEmpty();
  }

  /** Adds record {@code i} of a batch of the same partition. */
  void add(LogBatch batch, int i) {
    add(batch.offset(i), batch.logTime(i), batch.key(i), batch.value(i), batch.headers(i));
  }

  long lastOffset() {
    return offsets[size() - 1];
  }

  void removeLast() {
    int last = size() - 1;
    keys.remove(last);
    values.remove(last);
    headers.remove(last);
  }

  LogBatch batch() {
    int n = size();
    return new LogBatch(
        partition,
        Arrays.copyOf(offsets, n),
        Arrays.copyOf(logTimes, n),
        keys.toArray(new byte[n][]),
        values.toArray(new byte[n][]),
        anyHeader ? headers : null);
  }
}
