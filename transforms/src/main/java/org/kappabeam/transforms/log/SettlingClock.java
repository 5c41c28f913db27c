package org.kappabeam.transforms.log;

import com.google.auto.value.AutoValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Decides when the newest log time of the whole log may stand for a partition that has no newer
 * records; {@code P} is how the log names a partition.
 *
 * <p>Writers append to partitions concurrently. A new time in one partition says nothing yet about
 * older records still on their way to another. So a time that was observed has to settle: it is
 * paired with the ends of the partitions as they were asked for {@code settleMillis} later. Who has
 * read a partition up to that end has read everything that was on its way when the time was seen.
 *
 * <p>How a partition is named and how far it is read is up to the log: offsets for Kafka, and where
 * there are no end offsets to ask for, the time at which the end was last seen.
 *
 * <p>Wall-clock arguments are milliseconds of a clock that never goes back. Thread-safe.
 */
public final class SettlingClock<P> {

  /** A log time, and up to where a reader must have read for the time to hold there. */
  @AutoValue
  public abstract static class Settled<P> {
    public abstract long logTime();

    abstract Map<P, Long> ends();

    /** Whether the time holds for a partition read up to {@code next}. */
    public final boolean holdsFor(P partition, long next) {
      Long end = ends().get(partition);
      return end != null && next >= end;
    }

    static <P> Settled<P> of(long logTime, Map<P, Long> ends) {
      return new AutoValue_SettlingClock_Settled<>(logTime, Map.copyOf(ends));
    }
  }

  private record Observation(long seen, long logTime) {}

  private final long settleMillis;
  private final Deque<Observation> settling = new ArrayDeque<>();
  private volatile @Nullable Settled<P> settled;

  /**
   * @param settleMillis how long a time must have been known before it can hold
   */
  public SettlingClock(long settleMillis) {
    this.settleMillis = settleMillis;
  }

  /**
   * Takes the answers of one round of questions to the log.
   *
   * @param asked when the questions were sent
   * @param answered when the last answer was in
   * @param newest the newest log time of the whole log, {@link LogTimes#NO_TIME} if it is empty
   * @param ends the end of every partition
   */
  public synchronized void observe(long asked, long answered, long newest, Map<P, Long> ends) {
    long logTime = LogTimes.NO_TIME;
    while (!settling.isEmpty() && settling.peek().seen() + settleMillis <= asked) {
      logTime = Math.max(logTime, settling.remove().logTime());
    }
    if (logTime != LogTimes.NO_TIME) {
      settled = Settled.of(logTime, ends);
    }
    if (newest != LogTimes.NO_TIME) {
      settling.add(new Observation(answered, newest));
    }
  }

  /** The newest time that has settled, or {@code null} before the first. */
  public @Nullable Settled<P> settled() {
    return settled;
  }
}
