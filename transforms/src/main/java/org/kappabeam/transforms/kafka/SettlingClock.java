package org.kappabeam.transforms.kafka;

import com.google.auto.value.AutoValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Decides when the newest log time of the whole log may stand for a partition that has no newer
 * records.
 *
 * <p>Writers append to partitions concurrently. A new time in one partition says nothing yet about
 * older records still on their way to another. So a time that was observed has to settle: it is
 * paired with the ends of the partitions as they were asked for {@code settleMillis} later. Who has
 * read a partition up to that end has read everything that was on its way when the time was seen.
 *
 * <p>Wall-clock arguments are milliseconds of a clock that never goes back. Thread-safe.
 */
final class SettlingClock {

  /** A log time, and up to which offsets a reader must have read for the time to hold there. */
  @AutoValue
  abstract static class Settled {
    abstract long logTime();

    abstract Map<Integer, Long> ends();

    /** Whether the time holds for a partition read up to {@code next}. */
    final boolean holdsFor(int partition, long next) {
      Long end = ends().get(partition);
      return end != null && next >= end;
    }

    static Settled of(long logTime, Map<Integer, Long> ends) {
      return new AutoValue_SettlingClock_Settled(logTime, Map.copyOf(ends));
    }
  }

  private record Observation(long seen, long logTime) {}

  private final long settleMillis;
  private final Deque<Observation> settling = new ArrayDeque<>();
  private volatile @Nullable Settled settled;

  SettlingClock(long settleMillis) {
    this.settleMillis = settleMillis;
  }

  /**
   * Takes the answers of one round of questions to the log.
   *
   * @param asked when the questions were sent
   * @param answered when the last answer was in
   * @param newest the newest log time of the whole log, {@link KafkaPartition#NO_TIME} if it is
   *     empty
   * @param ends the end offset of every partition
   */
  synchronized void observe(long asked, long answered, long newest, Map<Integer, Long> ends) {
    long logTime = KafkaPartition.NO_TIME;
    while (!settling.isEmpty() && settling.peek().seen() + settleMillis <= asked) {
      logTime = Math.max(logTime, settling.remove().logTime());
    }
    if (logTime != KafkaPartition.NO_TIME) {
      settled = Settled.of(logTime, ends);
    }
    if (newest != KafkaPartition.NO_TIME) {
      settling.add(new Observation(answered, newest));
    }
  }

  /** The newest time that has settled, or {@code null} before the first. */
  @Nullable Settled settled() {
    return settled;
  }
}
