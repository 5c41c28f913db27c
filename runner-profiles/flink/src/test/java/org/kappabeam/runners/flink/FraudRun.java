package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** One run of the fraud pilot, and what it left behind. */
record FraudRun(
    PipelineResult.State state, Conservation counts, String scored, String alerts, long rows) {

  /** Reads live, from the beginning to where the log ends now. */
  static final List<String> LIVE = List.of("--readMode=LIVE", "--until=latest");

  /** Reads the same as a slice. */
  static List<String> slice(int ranges) {
    return List.of("--readMode=SLICE", "--until=latest", "--sliceRanges=" + ranges);
  }

  static List<String> direct() {
    return List.of("--runner=DirectRunner", "--enforceImmutability=false");
  }

  /** Embedded Flink; streaming for a live log, batch for a slice. */
  static List<String> flink(int parallelism, boolean streaming, Path checkpoints) {
    List<String> args = new ArrayList<>();
    args.add("--runner=FlinkRunner");
    args.add("--flinkMaster=[local]");
    args.add("--parallelism=" + parallelism);
    args.add("--maxParallelism=128");
    args.add("--objectReuse=true");
    if (streaming) {
      args.add("--streaming=true");
      args.add("--checkpointingInterval=1000");
      args.add("--stateBackend=filesystem");
      args.add("--stateBackendStoragePath=" + checkpoints.toUri());
      args.add("--shutdownSourcesAfterIdleMs=500");
    }
    return args;
  }

  @SafeVarargs
  static FraudRun of(String log, Path db, List<String>... args) {
    KappaOptions options = options(log, "sqlite:" + db, args);
    KappaPipeline pipeline =
        KappaPipeline.plan(new FraudPilot(), options, Logs.open(log, Map.of()));
    PipelineResult result = pipeline.build().run();
    PipelineResult.State state = result.waitUntilFinish();
    Views views = Views.at(options.getView(), options.getGeneration());
    try (ViewStore store = views.open()) {
      return new FraudRun(
          state,
          Conservation.of(result),
          ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS),
          ViewDigest.of(store, FraudViews.ALERTS),
          store.count(FraudViews.SCORED_TRANSACTIONS));
    }
  }

  @SafeVarargs
  static KappaOptions options(String log, String view, List<String>... args) {
    List<String> all = new ArrayList<>(List.of("--log=" + log, "--view=" + view));
    for (List<String> some : args) {
      all.addAll(some);
    }
    return PipelineOptionsFactory.fromArgs(all.toArray(new String[0]))
        .withValidation()
        .as(KappaOptions.class);
  }
}
