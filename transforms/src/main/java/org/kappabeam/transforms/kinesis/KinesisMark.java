package org.kappabeam.transforms.kinesis;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource;
import org.kappabeam.transforms.log.LogTimes;

/** Where a live reader stands: all that a restart needs. */
@AutoValue
abstract class KinesisMark implements UnboundedSource.CheckpointMark {

  /** Where the reader stands in one shard. */
  @AutoValue
  abstract static class Position {
    abstract String shard();

    /** From where to read on. */
    abstract KinesisBound next();

    /** Whether there is nothing more to read, now or ever. */
    abstract boolean finished();

    /** The shard's log time, in milliseconds; {@link LogTimes#NO_TIME} before any. */
    abstract long logTime();

    /**
     * What arrived before this time is read, in milliseconds of the wall clock; {@link
     * LogTimes#NO_TIME} if that is not known.
     */
    abstract long seen();

    static Position of(String shard, KinesisBound next, boolean finished, long logTime, long seen) {
      return new AutoValue_KinesisMark_Position(shard, next, finished, logTime, seen);
    }
  }

  /** One per shard that the reader has met, in the order of their names. */
  abstract List<Position> positions();

  static KinesisMark of(List<Position> positions) {
    return new AutoValue_KinesisMark(List.copyOf(positions));
  }

  /** Kinesis keeps no positions for its readers. */
  @Override
  public final void finalizeCheckpoint() {}
}
