package org.kappabeam.pipelines.cli;

import java.nio.file.Path;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.archive.ArchiveStep;

/** Runs the steps of a copy, one after the other, and tells how far it is. */
final class ArchiveRun {
  private final long size;
  private final PipelineOptions options;
  private final RunnerProfile runner;
  private final Path scratch;
  private final Terminal terminal;
  private final Shutdown shutdown;
  private final long startNanos = System.nanoTime();

  private long committed;

  /**
   * @param size how many records all steps have, at most
   */
  ArchiveRun(
      long size,
      PipelineOptions options,
      RunnerProfile runner,
      Path scratch,
      Terminal terminal,
      Shutdown shutdown) {
    this.size = size;
    this.options = options;
    this.runner = runner;
    this.scratch = scratch;
    this.terminal = terminal;
    this.shutdown = shutdown;
  }

  /** How many records the steps so far have archived. */
  long records() {
    return committed;
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /**
   * Runs a step to its commit.
   *
   * @throws Shutdown.Interrupted if the process is asked to end
   * @throws KappaException if the pipeline fails
   */
  void run(ArchiveStep step) {
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply("Archive", step);
    committed +=
        archived(
            PipelineRun.toTheEnd(
                pipeline, runner, scratch, shutdown, (running, unused) -> report(running)));
  }

  private void report(PipelineResult running) {
    long records = committed + archived(running);
    double rate = records / Math.max(0.001, seconds());
    terminal.progress(
        "%,d records written (%d %%), %,d committed, %,.0f a second, %.0f s",
        records, 100 * records / Math.max(1, size), committed, rate, seconds());
  }

  private static long archived(PipelineResult running) {
    long sum = 0;
    for (MetricResult<Long> each :
        running
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named("kappa", ArchiveStep.RECORDS))
                    .build())
            .getCounters()) {
      sum += each.getAttempted();
    }
    return sum;
  }
}
