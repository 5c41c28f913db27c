package org.kappabeam.pipelines.replay;

import java.util.Map;
import java.util.OptionalLong;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

/** How far a generation is behind the end of its log. */
public final class Lag {
  private Lag() {}

  /**
   * The records it has not read, at most.
   *
   * @return empty if the log's positions are no numbers, so that it cannot be said
   * @throws org.kappabeam.coders.KappaException if the log cannot be reached
   */
  public static OptionalLong records(Log log, Generation generation) {
    Map<String, Long> positions = generation.positions();
    long lag = 0;
    for (Slice.Range range : log.resolve(LogBound.EARLIEST, LogBound.LATEST).ranges()) {
      if (range.fromText() != null) {
        return OptionalLong.empty();
      }
      long next = Math.max(range.from(), positions.getOrDefault(range.partition(), 0L));
      lag += Math.max(0, range.until() - next);
    }
    return OptionalLong.of(lag);
  }

  /**
   * The log time up to which everything has been read: that of the slowest partition, of those that
   * have more to read; or, if none has, the newest.
   *
   * @return milliseconds since the epoch; empty if nothing was read
   */
  public static OptionalLong completeLogTime(Log log, Generation generation) {
    long slowest = Long.MAX_VALUE;
    for (Slice.Range range : log.resolve(LogBound.EARLIEST, LogBound.LATEST).ranges()) {
      long next = generation.positions().getOrDefault(range.partition(), 0L);
      if (range.fromText() != null || next < range.until()) {
        Long newest = generation.logTimes().get(range.partition());
        slowest = Math.min(slowest, newest == null ? Long.MIN_VALUE : newest);
      }
    }
    return slowest != Long.MAX_VALUE
        ? OptionalLong.of(slowest)
        : generation.logTimes().values().stream().mapToLong(Long::longValue).max();
  }
}
