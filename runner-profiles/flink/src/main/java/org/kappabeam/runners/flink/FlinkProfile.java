package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.pipelines.pilot.KappaOptions;

/**
 * Flink with the settings that make it safe and fast for us: Beam's own defaults run without
 * checkpoints, copy every element, and let the number of key groups follow the parallelism, so that
 * a job could not be rescaled.
 */
public final class FlinkProfile implements RunnerProfile {
  private static final String MASTER = "flinkMaster";
  private static final Set<String> EMBEDDED = Set.of("[auto]", "[local]");

  @Override
  public String name() {
    return "flink";
  }

  @Override
  public String runner() {
    return "FlinkRunner";
  }

  @Override
  public Map<String, String> defaults(Launch launch) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("streaming", Boolean.toString(!launch.bounded()));
    defaults.put("parallelism", "2");
    // Key groups: fixed for the life of the state.
    defaults.put("maxParallelism", "128");
    // Our functions neither change nor keep what they are handed.
    defaults.put("objectReuse", "true");
    // Would hand state to a running checkpoint without a copy.
    defaults.put("fasterCopy", "false");
    defaults.put("disableMetrics", "false");
    if (!launch.bounded()) {
      defaults.put("checkpointingInterval", "10000");
      // An element is a batch of hundreds of events, and the watermark waits for a bundle's end:
      // Beam's 1000 elements let state grow by days of history while a log is replayed, and its
      // second delays rows. The fewer bundles, the fuller the batches that leave them.
      defaults.put("maxBundleSize", "256");
      defaults.put("maxBundleTimeMills", "400");
      if (isCluster(launch)) {
        // Whoever cancels a job on a cluster may want to go on from where it was.
        defaults.put("externalizedCheckpointsEnabled", "true");
        defaults.put("retainExternalizedCheckpointsOnCancellation", "true");
        // How often to try again is for the cluster to say: machines are lost for as long as it
        // runs.
      } else {
        // Flink's default is to try for ever: a failure that stays would never be told.
        defaults.put("numberOfExecutionRetries", "3");
        defaults.put("executionRetryDelay", "1000");
      }
      // Ends a live read whose slice has an end.
      defaults.put("shutdownSourcesAfterIdleMs", "1000");
    }
    return defaults;
  }

  @Override
  public List<Class<? extends PipelineOptions>> options() {
    return List.of(FlinkProfileOptions.class);
  }

  private static boolean isCluster(Launch launch) {
    return !EMBEDDED.contains(launch.given().getOrDefault(MASTER, "[auto]"));
  }

  @Override
  public void check(PipelineOptions options) {
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    if (EMBEDDED.contains(flink.getFlinkMaster())) {
      return;
    }
    if (options.as(FlinkProfileOptions.class).getCheckpointDir() != null) {
      throw new KappaException(
          "--checkpointDir is for embedded Flink",
          "set state.checkpoints.dir in the cluster's configuration");
    }
    String view = options.as(KappaOptions.class).getView();
    try (FlinkCluster cluster = cluster(flink)) {
      if (view != null && view.startsWith("sqlite:") && !cluster.isOnThisMachine()) {
        throw new KappaException(
            "--view=" + view + " would be a file of its own on each TaskManager",
            "keep the views in a server that all of them reach");
      }
    }
  }

  @Override
  public void reach(PipelineOptions options) {
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    if (!EMBEDDED.contains(flink.getFlinkMaster())) {
      try (FlinkCluster cluster = cluster(flink)) {
        cluster.requireOurVersion();
      }
    }
  }

  private static FlinkCluster cluster(FlinkPipelineOptions options) {
    return FlinkCluster.at(options.getFlinkMaster(), options.getFlinkConfDir());
  }

  @Override
  @SuppressWarnings("deprecation") // The only public way to ask whether Flink's client started us.
  public PipelineResult start(Pipeline pipeline, Path scratch) {
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    if (!EMBEDDED.contains(options.getFlinkMaster())) {
      return FlinkJob.on(cluster(options), pipeline, options, scratch);
    }
    if (!ExecutionEnvironment.areExplicitEnvironmentsAllowed()) {
      // Flink's own client has started us and decides where the job runs.
      return pipeline.run();
    }
    return FlinkJob.embedded(pipeline, options, scratch);
  }

  @Override
  public List<String> directions(PipelineResult running) {
    return page(running)
        .map(
            page ->
                List.of(
                    "the job is at " + page,
                    "Ctrl-C ends the watching, not a live job; stop that there, or with a savepoint:"
                        + " docs/runners/flink.md"))
        .orElse(List.of());
  }

  @Override
  public boolean outlivesUs(PipelineResult running) {
    return page(running).isPresent();
  }

  /** The page of a job on a cluster. */
  private static Optional<String> page(PipelineResult running) {
    return running instanceof FlinkJob job ? job.page() : Optional.empty();
  }
}
