package org.kappabeam.transforms.archive;

import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.transforms.log.LogTimes;

/** Log times as Beam's event times. */
final class ArchiveTimes {
  private ArchiveTimes() {}

  /** Log time − allowed lateness. */
  static Instant minus(long logTime, long allowedLatenessMillis) {
    return Instant.ofEpochMilli(
        LogTimes.watermark(Math.min(logTime, LogTimes.LAST_TIME), allowedLatenessMillis));
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
