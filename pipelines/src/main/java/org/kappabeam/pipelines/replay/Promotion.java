package org.kappabeam.pipelines.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.replay.Generation.State;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * Moves what people read from one generation to another, and removes generations. Each step may be
 * killed at any point and run again: the store's own pointer says what has happened.
 */
public final class Promotion {
  private static final String PROMOTE = "promote";
  private static final String ROLLBACK = "rollback";

  private final Views views;
  private final List<ViewSchema> schemas;
  private final Lifecycle lifecycle;

  /**
   * The steps for one pilot's views.
   *
   * @param schemas all views of the pilot, as this program knows them
   */
  public Promotion(Views views, List<ViewSchema> schemas, Lifecycle lifecycle) {
    this.views = views;
    this.schemas = List.copyOf(schemas);
    this.lifecycle = lifecycle;
  }

  /**
   * What a promotion asks of a generation.
   *
   * @param maxLag the most records it may be behind the end of its log
   * @param override why it is to be promoted whatever lag and comparison say; null if they count
   */
  public record Gate(long maxLag, @Nullable String override) {}

  /** The generation people read; empty if there is no view yet. */
  public OptionalInt active() {
    try (ViewStore store = views.open()) {
      return active(store);
    }
  }

  /** A view that is new in a generation not promoted yet shows that one already: so the least. */
  private OptionalInt active(ViewStore store) {
    return schemas.stream()
        .map(store::activeGeneration)
        .filter(OptionalInt::isPresent)
        .mapToInt(OptionalInt::getAsInt)
        .min();
  }

  /**
   * Moves the pointer to a generation that has proved itself.
   *
   * @param logs opens the log a generation is made from
   * @return what happened, in a line
   * @throws KappaException if the generation may not be promoted
   */
  public String promote(int target, Gate gate, Function<String, Log> logs) {
    int active = requireActive();
    finishKilledMove(active);
    if (target == active) {
      return "people read generation %d already".formatted(target);
    }
    Generation generation = requireUsable(target);
    String reason = gate.override();
    if (reason == null) {
      requireCaughtUp(generation, gate.maxLag(), logs);
      requireCompared(active, generation);
    }
    return move(PROMOTE, active, target, reason == null ? "" : ", forced: " + reason);
  }

  /**
   * Moves the pointer back to the generation before.
   *
   * @return what happened, in a line
   * @throws KappaException if there is none, or it is gone
   */
  public String rollback() {
    int active = requireActive();
    finishKilledMove(active);
    Pointer pointer = lifecycle.pointer(active);
    Integer previous = pointer.previous();
    if (previous == null) {
      throw new KappaException(
          "there is no generation before " + active + " to go back to",
          "kappa status shows what there is");
    }
    if (ROLLBACK.equals(pointer.step())) {
      // The same command again, perhaps after it was killed: not forth.
      return "people read generation %d already, generation %d was rolled back"
          .formatted(active, previous);
    }
    // However it was built: it is what people read before.
    lifecycle.generation(previous).ifPresent(Promotion::requireThere);
    return move(ROLLBACK, active, previous, "");
  }

  /** Notes a move that was killed just after it had happened. */
  private void finishKilledMove(int active) {
    Pointer pointer = lifecycle.pointer(active);
    if (pointer.isUnsettled(active)) {
      lifecycle.note(
          String.valueOf(pointer.movingStep()),
          active,
          outcome(active, pointer.active()) + ", killed");
      lifecycle.keep(pointer.settled(active, lifecycle.now()));
    }
  }

  private static String outcome(int target, int before) {
    return "people read generation %d now, before it was %d".formatted(target, before);
  }

  private String move(String step, int active, int target, String remark) {
    Pointer announced =
        lifecycle.pointer(active).settled(active, lifecycle.now()).announcing(target, step);
    lifecycle.keep(announced);
    try (ViewStore store = views.withGeneration(target).open()) {
      List<ViewSchema> together = new ArrayList<>();
      List<ViewSchema> apart = new ArrayList<>();
      for (ViewSchema schema : schemas) {
        if (store.stored(schema).isEmpty()) {
          continue;
        }
        int shown = store.activeGeneration(schema).orElse(active);
        (shown == active || shown == target ? together : apart).add(schema);
      }
      if (together.isEmpty()) {
        throw new KappaException(
            "generation " + target + " has no tables in " + views.uri(), "replay it first");
      }
      if (!store.activate(together, OptionalInt.of(active))) {
        throw new KappaException(
            "somebody else has moved the views away from generation %d in this moment"
                .formatted(active),
            "look with kappa status, then run the command again if it is still needed");
      }
      if (!apart.isEmpty()) {
        store.activate(apart, OptionalInt.empty());
      }
    }
    lifecycle.note(step, target, outcome(target, active) + remark);
    lifecycle.keep(announced.settled(target, lifecycle.now()));
    return outcome(target, active);
  }

  /**
   * Removes the tables of a generation that nobody needs.
   *
   * @param safety how long after a move the generation before is kept
   * @return what happened, in a line
   * @throws KappaException if people read it, or may have to go back to it
   */
  public String retire(int target, Duration safety) {
    int active = requireActive();
    if (target == active) {
      throw new KappaException(
          "generation " + target + " is the one people read", "promote another one first");
    }
    Pointer pointer = lifecycle.pointer(active);
    Integer previous = pointer.previous();
    String since = pointer.since();
    if (previous != null && previous == target && since != null) {
      Instant until = Instant.parse(since).plus(safety);
      if (Instant.ofEpochMilli(lifecycle.millis()).isBefore(until)) {
        throw new KappaException(
            "generation %d is the way back until %s".formatted(target, until),
            "wait, or shorten --safetyPeriod");
      }
    }
    if (lifecycle.generation(target).map(g -> g.state() == State.RETIRED).orElse(false)) {
      return "generation " + target + " is retired already";
    }
    try (ViewStore store = views.withGeneration(target).open()) {
      if (schemas.stream().noneMatch(schema -> store.generations(schema).contains(target))
          && lifecycle.generation(target).isEmpty()) {
        throw new KappaException(
            "there is no generation " + target, "kappa status shows what there is");
      }
      lifecycle.change(target, old -> orBare(old, target).inState(State.RETIRING, lifecycle.now()));
      schemas.forEach(store::drop);
    }
    lifecycle.change(target, old -> orBare(old, target).inState(State.RETIRED, lifecycle.now()));
    String outcome = "the tables of generation " + target + " are removed";
    lifecycle.note("retire", target, outcome);
    return outcome;
  }

  /** A generation from before there was a lifecycle, or that was built in some other way. */
  private Generation orBare(@Nullable Generation known, int number) {
    return known != null
        ? known
        : new Generation(
            number,
            State.LIVE,
            null,
            "",
            "",
            0,
            new TreeMap<>(),
            new TreeMap<>(),
            0,
            0,
            "",
            lifecycle.now(),
            lifecycle.now());
  }

  private int requireActive() {
    return active()
        .orElseThrow(
            () ->
                new KappaException(
                    "there are no views in " + views.uri(), "run the pilot first, or a replay"));
  }

  private Generation requireUsable(int number) {
    Generation generation =
        lifecycle
            .generation(number)
            .orElseThrow(
                () ->
                    new KappaException(
                        "nothing is known of generation " + number,
                        "kappa status shows what there is; build it with kappa replay"));
    requireThere(generation);
    if (generation.state() == State.BUILDING) {
      throw new KappaException(
          "generation " + number + " is not built to its end", "run its kappa replay again");
    }
    return generation;
  }

  private static void requireThere(Generation generation) {
    if (generation.isGone()) {
      throw new KappaException(
          "generation " + generation.number() + " is retired",
          "plan and replay a new generation of that logic");
    }
  }

  private static void requireCaughtUp(
      Generation generation, long maxLag, Function<String, Log> logs) {
    OptionalLong lag = Lag.records(logs.apply(generation.log()), generation);
    if (lag.isEmpty()) {
      throw new KappaException(
          "the log of generation %d does not tell how far behind it is"
              .formatted(generation.number()),
          "see for yourself, then use --force with a --reason");
    }
    if (lag.getAsLong() > maxLag) {
      throw new KappaException(
          "generation %d is %,d records behind the end of its log, more than %,d"
              .formatted(generation.number(), lag.getAsLong(), maxLag),
          "let it catch up (kappa replay --catchUp), or allow more with --maxLag");
    }
  }

  private void requireCompared(int active, Generation generation) {
    Optional<Comparison> comparison = lifecycle.comparison(active, generation.number());
    String proven = comparison.map(Comparison::toPlan).orElse(null);
    boolean same = comparison.isPresent() && Objects.equals(proven, generation.plan());
    if (!same) {
      throw new KappaException(
          "generation %d was not compared with generation %d"
              .formatted(generation.number(), active),
          "run kappa compare first, or use --force with a --reason");
    }
    if (!comparison.get().passed()) {
      throw new KappaException(
          "generation %d differs from generation %d in ways nobody expected"
              .formatted(generation.number(), active),
          "see kappa compare; if it is right, write what is expected, or use --force with a --reason");
    }
  }
}
