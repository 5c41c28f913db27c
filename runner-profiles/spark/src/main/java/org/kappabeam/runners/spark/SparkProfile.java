package org.kappabeam.runners.spark;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;

/**
 * Spark for slices: runs to an end, replays, comparisons, archives. A live read is refused, since a
 * stream on Spark has no event timers, by which our folds forget.
 */
public final class SparkProfile implements RunnerProfile {

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public String runner() {
    return "SparkRunner";
  }

  @Override
  public Optional<KappaException> refusal(Launch launch) {
    return launch.bounded()
        ? Optional.empty()
        : Optional.of(
            new KappaException(
                "Spark cannot read a log live: its streams have no event timers, so that a fold"
                    + " would keep every key for ever",
                "read a slice (--readMode=SLICE --until=latest), or run live on Flink, Dataflow or"
                    + " Direct"));
  }

  @Override
  public Map<String, String> defaults(Launch launch) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("sparkMaster", "local[2]");
    defaults.put("streaming", "false");
    // What more than one step reads is kept: made again, it would be counted again, too. And what
    // does not fit into memory is kept on disk; Beam's MEMORY_ONLY makes it again.
    defaults.put("cacheDisabled", "false");
    defaults.put("storageLevel", "MEMORY_AND_DISK");
    // The command line reads the counters; registering them as Spark's own costs a copy of each.
    defaults.put("enableSparkMetricSinks", "false");
    return defaults;
  }

  @Override
  public PipelineResult start(Pipeline pipeline, Path scratch) {
    return SparkJob.start(pipeline, scratch);
  }
}
