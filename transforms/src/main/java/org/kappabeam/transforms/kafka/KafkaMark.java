package org.kappabeam.transforms.kafka;

import com.google.auto.value.AutoValue;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.io.UnboundedSource;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.log.LogTimes;

/** Where a live reader stands: all that a restart needs. */
final class KafkaMark implements UnboundedSource.CheckpointMark {

  /** Where the reader stands in one partition. */
  @AutoValue
  abstract static class Position {
    abstract int partition();

    /** The offset of the next record to emit. */
    abstract long next();

    /** The partition's log time, in milliseconds; {@link LogTimes#NO_TIME} before any. */
    abstract long logTime();

    static Position of(int partition, long next, long logTime) {
      return new AutoValue_KafkaMark_Position(partition, next, logTime);
    }
  }

  private final List<Position> positions;
  private final @Nullable Consumer<KafkaMark> whenDurable;

  /**
   * @param whenDurable told once the runner has made the mark durable; {@code null} for a mark read
   *     back, whose reader is gone
   */
  KafkaMark(List<Position> positions, @Nullable Consumer<KafkaMark> whenDurable) {
    this.positions = List.copyOf(positions);
    this.whenDurable = whenDurable;
  }

  /** One per partition, in partition order. */
  List<Position> positions() {
    return positions;
  }

  @Override
  public void finalizeCheckpoint() {
    if (whenDurable != null) {
      whenDurable.accept(this);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KafkaMark that && positions.equals(that.positions);
  }

  @Override
  public int hashCode() {
    return positions.hashCode();
  }

  @Override
  public String toString() {
    return positions.toString();
  }
}
