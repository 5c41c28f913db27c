package org.kappabeam.transforms.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the readers of one source together in log time while they replay history, as far as they
 * run in one process. A reader far ahead of the others makes the stages behind it emit rows that
 * the others' records then correct: right in the end, but work done twice.
 *
 * <p>A matter of pace only: who has waited {@link #PATIENCE_MILLIS} goes on whatever the others do.
 * Thread-safe.
 */
public final class LogPace {
  public static final long PATIENCE_MILLIS = 200;

  private static final Map<String, LogPace> PACES = new ConcurrentHashMap<>();

  private final Map<Object, Long> heads = new ConcurrentHashMap<>();

  private LogPace() {}

  /**
   * Joins the readers of a source.
   *
   * @param lead how far, in milliseconds of log time, the reader may be ahead of the slowest
   */
  public static Runner join(String sourceId, long lead) {
    LogPace pace = PACES.computeIfAbsent(sourceId, unused -> new LogPace());
    Runner runner = pace.new Runner(sourceId, lead);
    // Until it has read something, it counts as the slowest.
    pace.heads.put(runner, Long.MIN_VALUE / 2);
    return runner;
  }

  /** One reader's part in it; not thread-safe. */
  public final class Runner {
    private final String sourceId;
    private final long lead;
    private boolean waiting;
    private long waitingSince;

    private Runner(String sourceId, long lead) {
      this.sourceId = sourceId;
      this.lead = lead;
    }

    /**
     * Whether the reader may emit what it has next.
     *
     * @param from the first log time of it
     * @param span how much log time it covers
     */
    public boolean mayGo(long from, long span) {
      heads.put(this, from);
      long limit = slowest() + lead + span;
      if (from <= limit) {
        waiting = false;
        return true;
      }
      if (!waiting) {
        waiting = true;
        waitingSince = System.nanoTime();
      }
      return System.nanoTime() - waitingSince > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    }

    /** Has nothing to read: no one waits for it. */
    public void pause() {
      heads.remove(this);
      waiting = false;
    }

    /** Is closed. */
    public void leave() {
      pause();
      if (heads.isEmpty()) {
        PACES.remove(sourceId, LogPace.this);
      }
    }

    private long slowest() {
      long slowest = Long.MAX_VALUE / 2;
      for (long head : heads.values()) {
        slowest = Math.min(slowest, head);
      }
      return slowest;
    }
  }
}
