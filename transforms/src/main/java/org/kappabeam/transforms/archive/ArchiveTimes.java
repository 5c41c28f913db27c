package org.kappabeam.transforms.archive;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;

/** Log times as Beam's event times. */
final class ArchiveTimes {
  /** The end of time itself says that a read has ended. */
  private static final long LAST = GlobalWindow.INSTANCE.maxTimestamp().getMillis() - 1;

  private static final long EARLIEST = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private ArchiveTimes() {}

  /** Log time − allowed lateness. */
  static Instant minus(long logTime, long allowedLatenessMillis) {
    long time = Math.min(logTime, LAST);
    return Instant.ofEpochMilli(
        time < EARLIEST + allowedLatenessMillis ? EARLIEST : time - allowedLatenessMillis);
  }

  /** The earliest event time that is not too late in any record of the batch. */
  static Instant timestamp(LogBatch batch, long allowedLatenessMillis) {
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < batch.size(); i++) {
      earliest = Math.min(earliest, batch.logTime(i));
    }
    return minus(earliest, allowedLatenessMillis);
  }
}
