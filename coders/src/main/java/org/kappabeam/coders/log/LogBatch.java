package org.kappabeam.coders.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Consecutive records of one log partition, as columns: what a source emits per poll. The arrays
 * are taken over, not copied: do not change them.
 */
public final class LogBatch {
  private final String partition;
  private final long[] offsets;
  private final long[] logTimes;
  private final byte[] @Nullable [] keys;
  private final byte[] @Nullable [] values;
  private final @Nullable List<List<LogHeader>> headers;

  /**
   * @param headers the headers of each record, or {@code null} if no record has any
   */
  public LogBatch(
      String partition,
      long[] offsets,
      long[] logTimes,
      byte[][] keys,
      byte[][] values,
      @Nullable List<List<LogHeader>> headers) {
    this.partition = partition;
    this.offsets = offsets;
    this.logTimes = logTimes;
    this.keys = keys;
    this.values = values;
    this.headers = headers;
  }

  public static LogBatch of(List<LogRecord> records) {
    int n = records.size();
    long[] offsets = new long[n];
    long[] logTimes = new long[n];
    byte[][] keys = new byte[n][];
    byte[][] values = new byte[n][];
    List<List<LogHeader>> headers = new ArrayList<>(n);
    boolean anyHeader = false;
    for (int i = 0; i < n; i++) {
      LogRecord r = records.get(i);
      if (!r.position().partition().equals(records.get(0).position().partition())) {
        throw new IllegalArgumentException("a batch has one partition");
      }
      offsets[i] = r.position().offset();
      logTimes[i] = r.logTime();
      keys[i] = r.key();
      values[i] = r.value();
      headers.add(r.headers());
      anyHeader |= !r.headers().isEmpty();
    }
    String partition = n == 0 ? "" : records.get(0).position().partition();
    return new LogBatch(partition, offsets, logTimes, keys, values, anyHeader ? headers : null);
  }

  public int size() {
    return offsets.length;
  }

  public String partition() {
    return partition;
  }

  public long offset(int i) {
    return offsets[i];
  }

  public long logTime(int i) {
    return logTimes[i];
  }

  public byte @Nullable [] key(int i) {
    return keys[i];
  }

  public byte @Nullable [] value(int i) {
    return values[i];
  }

  public List<LogHeader> headers(int i) {
    return headers == null ? List.of() : headers.get(i);
  }

  /** Record {@code i} as a value of its own. */
  public LogRecord record(int i) {
    return LogRecord.of(
        LogPosition.of(partition, offsets[i]), logTimes[i], keys[i], values[i], headers(i));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof LogBatch that)) {
      return false;
    }
    return partition.equals(that.partition)
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(logTimes, that.logTimes)
        && Arrays.deepEquals(keys, that.keys)
        && Arrays.deepEquals(values, that.values)
        && allHeaders().equals(that.allHeaders());
  }

  private List<List<LogHeader>> allHeaders() {
    List<List<LogHeader>> all = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      all.add(headers(i));
    }
    return all;
  }

  @Override
  public int hashCode() {
    return 31 * partition.hashCode() + Arrays.hashCode(offsets);
  }

  @Override
  public String toString() {
    return partition + (size() == 0 ? "[]" : "[" + offsets[0] + ".." + offsets[size() - 1] + "]");
  }
}
