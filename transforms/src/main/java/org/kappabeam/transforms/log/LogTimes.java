package org.kappabeam.transforms.log;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;

/** Log times as Beam's timestamps, the same for every log. All in milliseconds since the epoch. */
public final class LogTimes {
  /** The log time before any was seen. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** The end of time is for partitions that have ended: a record of the far future is before it. */
  public static final long LAST_TIME = GlobalWindow.INSTANCE.maxTimestamp().getMillis() - 1;

  private static final long FIRST_TIME = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private LogTimes() {}

  /**
   * The element timestamp of a batch: the earliest event time that is not too late in its first
   * record. A runner holds the watermark there while the batch is on its way, so no stage settles a
   * time that the batch can still change.
   */
  public static Instant timestamp(LogBatch batch, long allowedLatenessMillis) {
    return Instant.ofEpochMilli(
        watermark(Math.min(batch.logTime(0), LAST_TIME), allowedLatenessMillis));
  }

  /** Log time − allowed lateness, within what Beam can hold. */
  public static long watermark(long logTime, long allowedLatenessMillis) {
    return logTime < FIRST_TIME + allowedLatenessMillis
        ? FIRST_TIME
        : logTime - allowedLatenessMillis;
  }
}
