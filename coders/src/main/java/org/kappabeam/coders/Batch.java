package org.kappabeam.coders;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Many values in one Beam element: what makes Beam's per-element cost small (docs/performance.md).
 * A batch that comes straight from a log knows where each value stood; a derived one does not.
 */
public final class Batch<T> {
  private final int size;
  private final @Nullable String partition;

  /** Its values as {@link BatchBytes} wrote them; null if they never were bytes. */
  private final @Nullable BatchBytes<T> bytes;

  /** Null as long as nobody asked for more than the bytes. */
  private @Nullable Values<T> values;

  /** Values and where each stood in the log; the arrays are null for a derived batch. */
  static final class Values<T> {
    final List<T> list;
    final long @Nullable [] offsets;
    final long @Nullable [] logTimes;

    Values(List<T> list, long @Nullable [] offsets, long @Nullable [] logTimes) {
      this.list = list;
      this.offsets = offsets;
      this.logTimes = logTimes;
    }
  }

  private Batch(
      int size,
      @Nullable String partition,
      @Nullable BatchBytes<T> bytes,
      @Nullable Values<T> values) {
    this.size = size;
    this.partition = partition;
    this.bytes = bytes;
    this.values = values;
  }

  /** A derived batch. The list is taken over, not copied: do not change it afterwards. */
  public static <T> Batch<T> of(List<T> values) {
    return new Batch<>(values.size(), null, null, new Values<>(values, null, null));
  }

  /**
   * A batch of one log partition; {@code offsets[i]} and {@code logTimes[i]} say where {@code
   * values.get(i)} stood in it.
   */
  public static <T> Batch<T> at(String partition, long[] offsets, long[] logTimes, List<T> values) {
    if (offsets.length != values.size() || logTimes.length != values.size()) {
      throw new IllegalArgumentException("as many positions as values, please");
    }
    return new Batch<>(values.size(), partition, null, new Values<>(values, offsets, logTimes));
  }

  /** A batch whose values are bytes until somebody asks for them. */
  static <T> Batch<T> ofBytes(int size, @Nullable String partition, BatchBytes<T> bytes) {
    return new Batch<>(size, partition, bytes, null);
  }

  public List<T> values() {
    return present().list;
  }

  public int size() {
    return size;
  }

  private Values<T> present() {
    Values<T> present = values;
    if (present == null) {
      if (bytes == null) {
        throw new IllegalStateException("a batch of neither values nor bytes");
      }
      present = bytes.values(size, partition != null);
      values = present;
    }
    return present;
  }

  @Nullable BatchBytes<T> bytes() {
    return bytes;
  }

  /** The log partition all values come from, or {@code null} for a derived batch. */
  public @Nullable String partition() {
    return partition;
  }

  /** The offset of value {@code i} in its log partition, or -1 for a derived batch. */
  public long offset(int i) {
    long[] offsets = present().offsets;
    return offsets == null ? -1 : offsets[i];
  }

  /** The log time of value {@code i} in milliseconds since the epoch, or -1 for a derived batch. */
  public long logTime(int i) {
    long[] logTimes = present().logTimes;
    return logTimes == null ? -1 : logTimes[i];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Batch<?> that)) {
      return false;
    }
    return values().equals(that.values())
        && Objects.equals(partition, that.partition)
        && Arrays.equals(present().offsets, that.present().offsets)
        && Arrays.equals(present().logTimes, that.present().logTimes);
  }

  @Override
  public int hashCode() {
    return 31 * values().hashCode() + Arrays.hashCode(present().offsets);
  }

  @Override
  public String toString() {
    return "Batch" + (partition == null ? "" : "@" + partition) + values();
  }
}
