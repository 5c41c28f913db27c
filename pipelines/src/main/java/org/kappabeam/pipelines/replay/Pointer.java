package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was active before, for a way back. Which generation is active now, the store itself says.
 *
 * @param active the generation that was active after the last move
 * @param previous the one before; null if there was none
 * @param step what the last move was: {@code promote} or {@code rollback}
 * @param since when the last move ended
 * @param moving the generation that a move under way, or one that was killed, goes to
 * @param movingStep what that move is; apart from {@code step}, since it may never have happened
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"active", "previous", "step", "since", "moving", "movingStep"})
record Pointer(
    int active,
    @Nullable Integer previous,
    @Nullable String step,
    @Nullable String since,
    @Nullable Integer moving,
    @Nullable String movingStep) {

  static Pointer at(int shown) {
    return new Pointer(shown, null, null, null, null, null);
  }

  /** Before a move. */
  Pointer announcing(int generation, String move) {
    return new Pointer(active, previous, step, since, generation, move);
  }

  /** Whether a move was announced and has happened, but was not noted as done. */
  boolean isUnsettled(int shown) {
    return moving != null && moving == shown && active != shown;
  }

  /** What is true, given what the store shows: a move that was killed may have happened. */
  Pointer settled(int shown, String now) {
    return shown == active
        ? new Pointer(active, previous, step, since, null, null)
        : new Pointer(shown, active, movingStep, now, null, null);
  }
}
