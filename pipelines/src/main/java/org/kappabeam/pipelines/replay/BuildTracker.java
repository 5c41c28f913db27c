package org.kappabeam.pipelines.replay;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.pipelines.replay.Generation.State;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.observe.ReadPositions;

/**
 * Keeps what is known of a generation up to date while a job writes it: how far it has read, and,
 * for a replay, that nobody else builds it. Used by one thread.
 */
public final class BuildTracker {
  private static final long LAG_EVERY_NANOS = 10_000_000_000L;

  private final Lifecycle lifecycle;
  private final int number;
  private final @Nullable ReplayPlan plan;
  private final String pipeline;
  private final Log log;
  private final Slice slice;
  private final long latenessMillis;

  private long askedNanos = System.nanoTime() - LAG_EVERY_NANOS;
  private OptionalLong lag = OptionalLong.empty();

  /**
   * A tracker.
   *
   * @param plan null for {@code kappa run}
   * @param slice what this job reads
   */
  public BuildTracker(
      Lifecycle lifecycle,
      int number,
      @Nullable ReplayPlan plan,
      String pipeline,
      Log log,
      Slice slice,
      long latenessMillis) {
    this.lifecycle = lifecycle;
    this.number = number;
    this.plan = plan;
    this.pipeline = pipeline;
    this.log = log;
    this.slice = slice;
    this.latenessMillis = latenessMillis;
  }

  /**
   * Begins, or begins again after a crash.
   *
   * @throws KappaException if the generation is gone, was built by another plan, or is being built
   *     by somebody else
   */
  public void begin() {
    String planId = plan == null ? null : plan.id();
    Generation known = lifecycle.generation(number).orElse(null);
    if (known != null && known.isGone()) {
      throw new KappaException(
          "generation " + number + " is retired", "numbers do not come back: use a new one");
    }
    if (planId != null && known != null && !Objects.equals(known.plan(), planId)) {
      throw new KappaException(
          "generation %d was built %s, not by this plan"
              .formatted(number, known.plan() == null ? "by a run" : "by plan " + known.plan()),
          "plan again: the plan will name a new generation");
    }
    if (plan != null) {
      lifecycle.lease(number);
      lifecycle.keep(plan);
    }
    State state = slice.isPinned() ? State.BUILDING : State.LIVE;
    lifecycle.change(
        number,
        old ->
            new Generation(
                number,
                // What people may read already does not become unfinished by being read again.
                old != null && old.state() != State.BUILDING ? old.state() : state,
                planId == null && old != null ? old.plan() : planId,
                pipeline,
                log.uri(),
                latenessMillis,
                old == null ? new TreeMap<>() : old.positions(),
                old == null ? new TreeMap<>() : old.logTimes(),
                0,
                0,
                Who.name(),
                lifecycle.now(),
                lifecycle.now()));
    if (plan != null) {
      lifecycle.note("replay", number, "begun");
    }
  }

  /**
   * Notes how far it is.
   *
   * @return the records it is behind, where the log tells
   */
  public OptionalLong progress(long records, double seconds, ReadPositions positions) {
    if (plan != null) {
      lifecycle.lease(number);
    }
    if (slice.isPinned()) {
      return OptionalLong.empty();
    }
    Generation now =
        lifecycle.change(
            number,
            old ->
                present(old)
                    .at(
                        State.LIVE,
                        sorted(positions.nextOffsets()),
                        sorted(positions.logTimes()),
                        records,
                        seconds,
                        lifecycle.now()));
    if (System.nanoTime() - askedNanos >= LAG_EVERY_NANOS) {
      askedNanos = System.nanoTime();
      lag = Lag.records(log, now);
    }
    return lag;
  }

  /** Notes that the slice has been written to its end. */
  public void built(long records, double seconds, ReadPositions positions) {
    Map<String, Long> ends = new TreeMap<>();
    for (Slice.Range range : slice.ranges()) {
      if (range.fromText() == null) {
        ends.put(range.partition(), range.until());
      }
    }
    lifecycle.change(
        number,
        old ->
            present(old)
                .at(
                    State.BUILT,
                    ends,
                    sorted(positions.logTimes()),
                    records,
                    seconds,
                    lifecycle.now()));
    if (plan != null) {
      lifecycle.note(
          "replay", number, "built from %,d records in %.1f s".formatted(records, seconds));
    }
  }

  /** Lets others build it. */
  public void end() {
    if (plan != null) {
      lifecycle.release(number);
    }
  }

  private Generation present(@Nullable Generation known) {
    if (known == null || known.isGone()) {
      throw new KappaException(
          "generation " + number + " was retired while it was written", "use a new one");
    }
    return known;
  }

  private static Map<String, Long> sorted(Map<String, Long> map) {
    return new TreeMap<>(map);
  }
}
