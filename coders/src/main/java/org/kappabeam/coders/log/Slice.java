package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A pinned part of a log: one half-open range of offsets per partition. Resolved once, then the
 * same for every run; an open end ({@link Range#OPEN}) is what a live read has.
 */
@AutoValue
public abstract class Slice implements Serializable {
  /** The {@link #size} of a slice whose positions do not count its records. */
  public static final long UNKNOWN_SIZE = -1;

  /** In partition order; a partition without records in the slice has an empty range. */
  public abstract List<Range> ranges();

  public static Slice of(List<Range> ranges) {
    return new AutoValue_Slice(List.copyOf(ranges));
  }

  /** Whether every range ends. */
  public final boolean isPinned() {
    return ranges().stream().noneMatch(range -> range.until() == Range.OPEN);
  }

  /**
   * How many offsets a pinned slice spans, at least as many as it has records; {@link
   * #UNKNOWN_SIZE} if its bounds are texts and there is anything in it.
   */
  public final long size() {
    return ranges().stream().anyMatch(range -> range.fromText() != null && !range.isEmpty())
        ? UNKNOWN_SIZE
        : ranges().stream().mapToLong(range -> range.until() - range.from()).sum();
  }

  /**
   * {@code [from, until)} of one partition.
   *
   * <p>Where positions are wider than a {@code long}, the bounds are texts in the log's own words
   * ({@link #ofText}), and the numbers only say whether the range is open, empty, or neither.
   */
  @AutoValue
  public abstract static class Range implements Serializable {
    /** The end of a range that has none. */
    public static final long OPEN = Long.MAX_VALUE;

    /** The partition as in {@link LogPosition#shard}. */
    public abstract String partition();

    public abstract long from();

    public abstract long until();

    /**
     * The first bound as a text that the log understands; {@code null} if {@link #from} says it.
     */
    public abstract @Nullable String fromText();

    /** The last bound as a text, if it is one and there is one. */
    public abstract @Nullable String untilText();

    public static Range of(String partition, long from, long until) {
      if (from < 0 || until < from) {
        throw new IllegalArgumentException(partition + " [" + from + ", " + until + ")");
      }
      return new AutoValue_Slice_Range(partition, from, until, null, null);
    }

    /**
     * A range whose bounds are texts; equal texts are the same place.
     *
     * @param until {@code null} for an open end
     */
    public static Range ofText(String partition, String from, @Nullable String until) {
      long end = until == null ? OPEN : until.equals(from) ? 0 : 1;
      return new AutoValue_Slice_Range(partition, 0, end, from, until);
    }

    /** Whether there is no position in it. */
    public final boolean isEmpty() {
      return from() == until();
    }

    /** From the start of this range to the start of another one of the same partition. */
    public final Range upTo(Range next) {
      if (!partition().equals(next.partition())) {
        throw new IllegalArgumentException(partition() + " is not " + next.partition());
      }
      String from = fromText();
      return from == null
          ? of(partition(), from(), next.from())
          : ofText(partition(), from, next.fromText());
    }
  }
}
