package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.compare.CompareView;
import org.kappabeam.pipelines.compare.ExpectedDifferences;
import org.kappabeam.pipelines.compare.ViewParity;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Generation.State;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ControlTable.Document;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * Compares all views of two generations as one pipeline. Its results go beside the views, since on
 * a cluster nothing else comes back; {@link #conclude} picks them up.
 */
public final class GenerationComparison {
  private static final String DEAD_LETTER_TIME = "log_time";

  private final Pilot pilot;
  private final Views before;
  private final Views after;
  private final ExpectedDifferences expected;
  private final String run = UUID.randomUUID().toString();
  private final List<ViewSchema> compared = new ArrayList<>();

  /** The log time, in milliseconds, up to which both have read everything; null compares all. */
  private final @Nullable Long completeLogTime;

  /** The event time up to which rows are final in both. */
  private final @Nullable Long completeEventTime;

  private GenerationComparison(
      Pilot pilot,
      Views before,
      Views after,
      ExpectedDifferences expected,
      @Nullable Long completeLogTime,
      @Nullable Long completeEventTime) {
    this.pilot = pilot;
    this.before = before;
    this.after = after;
    this.expected = expected;
    this.completeLogTime = completeLogTime;
    this.completeEventTime = completeEventTime;
  }

  /** One part of the result, as it is kept until it is picked up. */
  @JsonPropertyOrder({"run", "parity"})
  record Part(String run, ViewParity parity) {}

  /**
   * Finds out which rows both have completed.
   *
   * @param logs opens the log a generation is made from
   * @throws KappaException if one of the generations is not there
   */
  public static GenerationComparison plan(
      Pilot pilot,
      Views before,
      Views after,
      ExpectedDifferences expected,
      Lifecycle lifecycle,
      Function<String, Log> logs) {
    Optional<Generation> older = lifecycle.generation(before.generation());
    Optional<Generation> newer = lifecycle.generation(after.generation());
    Long logTime = null;
    Long eventTime = null;
    if (older.isPresent() && newer.isPresent() && !sameSlice(older.get(), newer.get())) {
      logTime = Long.MAX_VALUE;
      eventTime = Long.MAX_VALUE;
      for (Generation each : List.of(older.get(), newer.get())) {
        OptionalLong complete = Lag.completeLogTime(logs.apply(each.log()), each);
        long until = complete.orElse(Long.MIN_VALUE / 2);
        logTime = Math.min(logTime, until);
        eventTime = Math.min(eventTime, until - each.latenessMillis());
      }
    }
    return new GenerationComparison(pilot, before, after, expected, logTime, eventTime);
  }

  /** Two replays of the same positions have completed the same rows: all. */
  private static boolean sameSlice(Generation a, Generation b) {
    return a.state() == State.BUILT
        && b.state() == State.BUILT
        && a.positions().equals(b.positions())
        && !a.positions().isEmpty();
  }

  /** Event times from here on are left out; null if nothing is. */
  public @Nullable Instant completeUntil() {
    return completeEventTime == null ? null : Instant.ofEpochMilli(completeEventTime);
  }

  /**
   * Adds the comparison to a pipeline.
   *
   * @throws KappaException if a generation has no tables
   */
  public void build(Pipeline pipeline) {
    try (ViewStore old = before.open();
        ViewStore fresh = after.open()) {
      for (ViewSchema schema : pilot.tables()) {
        Optional<ViewSchema> was = old.stored(schema);
        Optional<ViewSchema> is = fresh.stored(schema);
        if (is.isEmpty()) {
          throw new KappaException(
              "generation %d has no view %s".formatted(after.generation(), schema.name()),
              "replay it first");
        }
        // A view that is new has nothing to be compared with.
        if (was.isPresent()) {
          add(pipeline, schema, was.get(), is.get());
        }
      }
    }
    if (compared.isEmpty()) {
      throw new KappaException(
          "generation " + before.generation() + " has no views of the pilot " + pilot.name(),
          "kappa status shows what there is");
    }
  }

  private void add(Pipeline pipeline, ViewSchema schema, ViewSchema was, ViewSchema is) {
    boolean dead = schema.equals(DeadLetterView.schema());
    Long millis = dead ? completeLogTime : completeEventTime;
    Optional<String> column = dead ? Optional.of(DEAD_LETTER_TIME) : pilot.timeColumn(schema);
    pipeline
        .apply(
            "Compare " + schema.name(),
            CompareView.of(
                before,
                after,
                was,
                is,
                millis == null ? Optional.empty() : column,
                millis == null ? 0 : micros(millis),
                expected))
        .apply("Keep " + schema.name(), ParDo.of(new KeepFn(after, partKey(schema.name()), run)));
    compared.add(schema);
  }

  private static long micros(long millis) {
    return Math.max(Long.MIN_VALUE / 1_000, Math.min(Long.MAX_VALUE / 1_000, millis)) * 1_000;
  }

  private String partKey(String view) {
    return "parity/%s/%06d/%06d/%s"
        .formatted(pilot.name(), after.generation(), before.generation(), view);
  }

  /**
   * Picks up what the pipeline has found, after its end, and keeps it for the promotion.
   *
   * @throws KappaException if a result is missing
   */
  public Comparison conclude(ViewStore store, Lifecycle lifecycle) {
    List<ViewParity> views = new ArrayList<>();
    for (ViewSchema schema : compared) {
      Part part =
          store
              .control()
              .get(partKey(schema.name()))
              .map(found -> Json.read("kappa_control " + found.key(), found.text(), Part.class))
              .filter(found -> found.run().equals(run))
              .orElseThrow(
                  () ->
                      new KappaException(
                          "the result for view " + schema.name() + " is missing",
                          "perhaps somebody else compared at the same time: compare again"));
      views.add(part.parity());
    }
    boolean something = views.stream().anyMatch(v -> v.rowsBefore() + v.rowsAfter() > 0);
    boolean nothingLeftOut = views.stream().allMatch(v -> v.leftOut() == 0);
    boolean passed = views.stream().allMatch(ViewParity::passes) && (something || nothingLeftOut);
    Instant until = completeUntil();
    Comparison comparison =
        new Comparison(
            before.generation(),
            after.generation(),
            lifecycle.generation(before.generation()).map(Generation::plan).orElse(null),
            lifecycle.generation(after.generation()).map(Generation::plan).orElse(null),
            until == null ? null : until.toString(),
            passed,
            views,
            Who.name(),
            lifecycle.now());
    lifecycle.keep(comparison);
    lifecycle.note(
        "compare",
        after.generation(),
        "with generation %d: %s".formatted(before.generation(), passed ? "passed" : "FAILED"));
    return comparison;
  }

  /** Writes a result beside the views. */
  static final class KeepFn extends DoFn<ViewParity, Void> {
    private final Views views;
    private final String key;
    private final String run;

    KeepFn(Views views, String key, String run) {
      this.views = views;
      this.key = key;
      this.run = run;
    }

    @ProcessElement
    public void process(@Element ViewParity parity) {
      String text = Json.write(new Part(run, parity));
      try (ViewStore store = views.open()) {
        ControlTable control = store.control();
        long version;
        do {
          version = control.get(key).map(Document::version).orElse(ControlTable.ABSENT);
        } while (!control.put(key, version, text));
      }
    }
  }
}
