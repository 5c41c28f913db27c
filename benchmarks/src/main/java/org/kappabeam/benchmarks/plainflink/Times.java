package org.kappabeam.benchmarks.plainflink;

/** Lengths of time in milliseconds, and look-ups in sorted times. */
final class Times {
  static final long DAY = 24L * 60 * 60 * 1000;
  static final long WEEK = 7 * DAY;
  static final long MONTH = 30 * DAY;

  /** How long after a fraud it is known. */
  static final long DELAY = WEEK;

  private Times() {}

  /** The first index in {@code [from, to)} whose time is later. */
  static int after(long[] times, int from, int to, long time) {
    int low = from;
    int high = to;
    while (low < high) {
      int mid = (low + high) >>> 1;
      if (times[mid] <= time) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    return low;
  }
}
