package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.joda.time.Duration;
import org.kappabeam.coders.KappaException;

/** Runs a bounded pipeline to its end. */
final class PipelineRun {
  private static final Duration POLL = Duration.millis(200);
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private PipelineRun() {}

  /** Is told every two seconds. */
  interface Progress {
    void report(PipelineResult running, double seconds);
  }

  /**
   * Runs a pipeline.
   *
   * @param scratch a directory that goes with the run
   * @return the result, for its counters
   * @throws Shutdown.Interrupted if the process is asked to end
   * @throws KappaException if the pipeline fails
   */
  static PipelineResult toTheEnd(
      Pipeline pipeline, RunnerProfile runner, Path scratch, Shutdown shutdown, Progress progress) {
    shutdown.check();
    long start = System.nanoTime();
    long reported = start;
    PipelineResult running = runner.start(pipeline, scratch);
    while (true) {
      PipelineResult.State state = running.waitUntilFinish(POLL);
      if (shutdown.requested()) {
        cancel(running);
        shutdown.check();
      }
      if (state != null && state.isTerminal()) {
        if (state != PipelineResult.State.DONE) {
          throw new KappaException(
              "the pipeline ended as " + state, "look into the runner's log, or use --verbose");
        }
        return running;
      }
      if (System.nanoTime() - reported >= REPORT_EVERY_NANOS) {
        reported = System.nanoTime();
        progress.report(running, (reported - start) / 1e9);
      }
    }
  }

  private static void cancel(PipelineResult running) {
    try {
      running.cancel();
    } catch (IOException e) {
      throw new KappaException(
          "the pipeline cannot be cancelled", "cancel it with the runner's own tools", e);
    }
  }
}
