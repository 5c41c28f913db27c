package org.kappabeam.runners.flink;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options of this profile, besides those of Beam's Flink runner. */
public interface FlinkProfileOptions extends PipelineOptions {

  @Description(
      "Embedded Flink only: the directory for checkpoints. Without it they go with the run, and serve"
          + " only to recover from failures within it.")
  String getCheckpointDir();

  void setCheckpointDir(String value);
}
