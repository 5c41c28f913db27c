package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.List;

/**
 * A pinned part of a log: one half-open range of offsets per partition. Resolved once, then the
 * same for every run; an open end ({@link Range#OPEN}) is what a live read has.
 */
@AutoValue
public abstract class Slice implements Serializable {

  /** In partition order; a partition without records in the slice has an empty range. */
  public abstract List<Range> ranges();

  public static Slice of(List<Range> ranges) {
    return new AutoValue_Slice(List.copyOf(ranges));
  }

  /** Whether every range ends. */
  public final boolean isPinned() {
    return ranges().stream().noneMatch(range -> range.until() == Range.OPEN);
  }

  /** How many offsets a pinned slice spans; at least as many as it has records. */
  public final long size() {
    return ranges().stream().mapToLong(range -> range.until() - range.from()).sum();
  }

  /** {@code [from, until)} of one partition. */
  @AutoValue
  public abstract static class Range implements Serializable {
    /** The end of a range that has none. */
    public static final long OPEN = Long.MAX_VALUE;

    /** The partition as in {@link LogPosition#partition}. */
    public abstract String partition();

    public abstract long from();

    public abstract long until();

    public static Range of(String partition, long from, long until) {
      if (from < 0 || until < from) {
        throw new IllegalArgumentException(partition + " [" + from + ", " + until + ")");
      }
      return new AutoValue_Slice_Range(partition, from, until);
    }
  }
}
