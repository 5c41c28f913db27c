package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the tests run the pilot on Flink. */
final class FlinkRuns {
  private FlinkRuns() {}

  /** Embedded Flink; streaming for a live log, batch for a slice. */
  static List<String> embedded(int parallelism, boolean streaming, Path checkpoints) {
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
}
