package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of one build of a pilot's views.
 *
 * @param number from 1
 * @param state how far it is
 * @param plan the {@link ReplayPlan#id} it is built by; null if {@code kappa run} keeps it
 * @param pipeline the version of the program
 * @param log that it is made from
 * @param latenessMillis how far event time may lie behind log time in it
 * @param positions per partition, the offset up to which the log was read
 * @param logTimes per partition, the newest log time read, in milliseconds since the epoch
 * @param records read in this run
 * @param seconds the run has taken so far
 * @param by who started it
 * @param started when, by this machine's clock
 * @param updated when this was last written
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "number",
  "state",
  "plan",
  "pipeline",
  "log",
  "latenessMillis",
  "positions",
  "logTimes",
  "records",
  "seconds",
  "by",
  "started",
  "updated"
})
public record Generation(
    int number,
    State state,
    @Nullable String plan,
    String pipeline,
    String log,
    long latenessMillis,
    Map<String, Long> positions,
    Map<String, Long> logTimes,
    long records,
    double seconds,
    String by,
    String started,
    String updated) {

  /** How far a generation is. */
  public enum State {
    /** A job keeps it up to date, or did until it was stopped. */
    LIVE,
    /** A replay of a slice is writing it, or was when it was killed. */
    BUILDING,
    /** A replay has written its whole slice. */
    BUILT,
    /** Its tables are being removed. */
    RETIRING,
    /** Its tables are gone. */
    RETIRED
  }

  @JsonIgnore
  boolean isGone() {
    return state == State.RETIRING || state == State.RETIRED;
  }

  Generation inState(State other, String now) {
    return new Generation(
        number,
        other,
        plan,
        pipeline,
        log,
        latenessMillis,
        positions,
        logTimes,
        records,
        seconds,
        by,
        started,
        now);
  }

  Generation at(
      State other,
      Map<String, Long> nextOffsets,
      Map<String, Long> newestTimes,
      long read,
      double elapsed,
      String now) {
    return new Generation(
        number,
        other,
        plan,
        pipeline,
        log,
        latenessMillis,
        nextOffsets,
        newestTimes,
        read,
        elapsed,
        by,
        started,
        now);
  }
}
