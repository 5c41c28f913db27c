package org.kappabeam.transforms.pubsub;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Estimates up to which log time a subscription has been read. The service hands messages out in
 * any order and tells nobody how old its oldest one is, so the estimate goes by what arrives:
 *
 * <ul>
 *   <li>While messages come, it is the lowest log time of those of the last minute, and of those in
 *       hand. A message would have to be overtaken by a whole minute of others to be behind it.
 *   <li>Once nothing has come for ten seconds, all that was there has been read, and it is the
 *       newest log time that was ever read: the log's own clock, which stands still with the log.
 *   <li>A reader that goes on for another that failed holds it for as long as messages may still be
 *       leased to that one; they come only after that.
 * </ul>
 *
 * The machine's clock decides how long to wait, never what time it is.
 */
final class PubsubClock {
  /** Before any message. */
  static final long NO_TIME = Long.MIN_VALUE;

  static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(60);
  static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int BUCKETS = 6;
  private static final long BUCKET_NANOS = SAMPLE_NANOS / BUCKETS;

  private final LongSupplier nanoTime;
  private final long holdUntil;
  private final long[] lowest = new long[BUCKETS + 1];
  private final long begin;
  private long bucket;
  private long lastArrival;
  private long newest = NO_TIME;
  private long reached;

  /**
   * @param reached the log time that was reached before, or {@link #NO_TIME}
   * @param holdNanos for how long to stay there
   */
  PubsubClock(long reached, long holdNanos, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.reached = reached;
    this.begin = nanoTime.getAsLong();
    this.lastArrival = begin;
    this.holdUntil = begin + holdNanos;
    Arrays.fill(lowest, Long.MAX_VALUE);
  }

  /** A message has arrived. */
  void arrived(long logTime) {
    long now = turn();
    lastArrival = now;
    newest = Math.max(newest, logTime);
    int slot = slot(bucket);
    lowest[slot] = Math.min(lowest[slot], logTime);
  }

  /**
   * The log time reached, never less than before.
   *
   * @param lowestInHand of the messages that have arrived and are not emitted; {@code
   *     Long.MAX_VALUE} if there is none
   */
  long reached(long lowestInHand) {
    long now = turn();
    if (now - holdUntil < 0 || newest == NO_TIME) {
      return reached;
    }
    long estimate = newest;
    if (now - lastArrival < SETTLE_NANOS) {
      for (long sample : lowest) {
        estimate = Math.min(estimate, sample);
      }
    }
    reached = Math.max(reached, Math.min(estimate, lowestInHand));
    return reached;
  }

  /** Nanoseconds since the last message, or since the beginning. */
  long idleNanos() {
    return nanoTime.getAsLong() - lastArrival;
  }

  /** Forgets samples that are too old. */
  private long turn() {
    long now = nanoTime.getAsLong();
    long current = (now - begin) / BUCKET_NANOS;
    for (long b = Math.max(bucket + 1, current - BUCKETS); b <= current; b++) {
      lowest[slot(b)] = Long.MAX_VALUE;
    }
    bucket = Math.max(bucket, current);
    return now;
  }

  private static int slot(long bucket) {
    return (int) (bucket % (BUCKETS + 1));
  }
}
