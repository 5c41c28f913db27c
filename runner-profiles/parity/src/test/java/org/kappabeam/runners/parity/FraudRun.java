package org.kappabeam.runners.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * One run of the fraud pilot, and what it left behind.
 *
 * @param counts what became of the records
 * @param scored the digest of the view of scored transactions
 * @param alerts the digest of the view of alerts
 * @param rows of scored transactions
 */
public record FraudRun(
    PipelineResult.State state, Conservation counts, String scored, String alerts, long rows) {

  /** Reads live, from the beginning to where the log ends now. */
  public static final List<String> LIVE = List.of("--readMode=LIVE", "--until=latest");

  /** Reads the same as a slice. */
  public static List<String> slice(int ranges) {
    return List.of("--readMode=SLICE", "--until=latest", "--sliceRanges=" + ranges);
  }

  /** Runs it on Direct. */
  public static List<String> direct() {
    return List.of("--runner=DirectRunner", "--enforceImmutability=false");
  }

  /** Runs the pilot to the end of the log, into a new SQLite file. */
  @SafeVarargs
  public static FraudRun of(String log, Path db, List<String>... args) {
    return of(log, db, Pipeline::run, args);
  }

  /**
   * The same, started in a way of one's own.
   *
   * @param start takes the pipeline and returns its result, whether ended or not
   */
  @SafeVarargs
  public static FraudRun of(
      String log, Path db, Function<Pipeline, PipelineResult> start, List<String>... args) {
    return into("sqlite:" + db, log, start, args);
  }

  /**
   * The same into any store.
   *
   * @param view the store, as {@code --view} names it
   */
  @SafeVarargs
  public static FraudRun into(
      String view, String log, Function<Pipeline, PipelineResult> start, List<String>... args) {
    KappaOptions options = options(log, view, args);
    KappaPipeline pipeline =
        KappaPipeline.plan(new FraudPilot(), options, Logs.open(log, Map.of()));
    PipelineResult result = start.apply(pipeline.build());
    PipelineResult.State state = result.waitUntilFinish();
    return left(state, Conservation.of(result), options.getView());
  }

  /**
   * What a run left in a view, when it is over.
   *
   * @param view the store, as {@code --view} names it
   */
  public static FraudRun left(PipelineResult.State state, Conservation counts, String view) {
    try (ViewStore store = Views.at(view, 1).open()) {
      return new FraudRun(
          state,
          counts,
          ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS),
          ViewDigest.of(store, FraudViews.ALERTS),
          store.count(FraudViews.SCORED_TRANSACTIONS));
    }
  }

  @SafeVarargs
  private static KappaOptions options(String log, String view, List<String>... args) {
    List<String> all = new ArrayList<>(List.of("--log=" + log, "--view=" + view));
    for (List<String> some : args) {
      all.addAll(some);
    }
    return PipelineOptionsFactory.fromArgs(all.toArray(new String[0]))
        .withValidation()
        .as(KappaOptions.class);
  }
}
