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
  private final List<T> values;
  private final @Nullable String partition;
  private final long @Nullable [] offsets;
  private final long @Nullable [] logTimes;

  private Batch(
      List<T> values,
      @Nullable String partition,
      long @Nullable [] offsets,
      long @Nullable [] logTimes) {
    this.values = values;
    this.partition = partition;
    this.offsets = offsets;
    this.logTimes = logTimes;
  }

  /** A derived batch. The list is taken over, not copied: do not change it afterwards. */
  public static <T> Batch<T> of(List<T> values) {
    return new Batch<>(values, null, null, null);
  }

  /**
   * A batch of one log partition; {@code offsets[i]} and {@code logTimes[i]} say where {@code
   * values.get(i)} stood in it.
   */
  public static <T> Batch<T> at(String partition, long[] offsets, long[] logTimes, List<T> values) {
    if (offsets.length != values.size() || logTimes.length != values.size()) {
      throw new IllegalArgumentException("as many positions as values, please");
    }
    return new Batch<>(values, partition, offsets, logTimes);
  }

  public List<T> values() {
    return values;
  }

  public int size() {
    return values.size();
  }

  /** The log partition all values come from, or {@code null} for a derived batch. */
  public @Nullable String partition() {
    return partition;
  }

  /** The offset of value {@code i} in its log partition, or -1 for a derived batch. */
  public long offset(int i) {
    return offsets == null ? -1 : offsets[i];
  }

  /** The log time of value {@code i} in milliseconds since the epoch, or -1 for a derived batch. */
  public long logTime(int i) {
    return logTimes == null ? -1 : logTimes[i];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Batch<?> that)) {
      return false;
    }
    return values.equals(that.values)
        && Objects.equals(partition, that.partition)
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(logTimes, that.logTimes);
  }

  @Override
  public int hashCode() {
    return 31 * values.hashCode() + Arrays.hashCode(offsets);
  }

  @Override
  public String toString() {
    return "Batch" + (partition == null ? "" : "@" + partition) + values;
  }
}
