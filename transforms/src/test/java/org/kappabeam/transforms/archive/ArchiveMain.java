package org.kappabeam.transforms.archive;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.transforms.log.Logs;

/** Archives a log in a process of its own, which can be killed. */
public final class ArchiveMain {
  static final long COMMIT_RECORDS = 6_000;
  static final long FILE_RECORDS = 200;

  private ArchiveMain() {}

  /**
   * Copies all of it.
   *
   * @param args the log's URI and the archive's
   */
  public static void main(String[] args) {
    ArchiveCopy copy =
        ArchiveCopy.plan(Logs.open(args[0], Map.of()), args[1], "earliest", "latest", false);
    for (ArchiveStep step : copy.steps(COMMIT_RECORDS, FILE_RECORDS, 0)) {
      Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
      pipeline.apply(step);
      pipeline.run().waitUntilFinish();
    }
  }
}
