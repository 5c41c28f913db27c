package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.joda.time.Duration;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.observe.ReadPositions;

/** One run of a planned pipeline, watched from start to end. */
final class PilotRun {
  private static final Duration POLL = Duration.millis(200);
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final KappaPipeline plan;
  private final RunnerProfile profile;
  private final Terminal terminal;
  private final Shutdown shutdown;
  private final Watcher watcher;
  private final long startNanos = System.nanoTime();

  private long reportedNanos = startNanos;
  private long reportedRecords;

  /**
   * How a run ended.
   *
   * @param counts what became of the records; null if the runner does not tell
   * @param completed false if it was interrupted
   */
  record Outcome(Conservation counts, boolean completed, double seconds) {}

  /** What is told while it runs, and answers with what to add to the line of progress. */
  interface Watcher {
    String progress(Conservation counts, double seconds, ReadPositions positions);

    void completed(Conservation counts, double seconds, ReadPositions positions);
  }

  PilotRun(
      KappaPipeline plan,
      RunnerProfile profile,
      Terminal terminal,
      Shutdown shutdown,
      Watcher watcher) {
    this.plan = plan;
    this.watcher = watcher;
    this.profile = profile;
    this.terminal = terminal;
    this.shutdown = shutdown;
  }

  /**
   * Runs to the end of the slice, or until the process is asked to end.
   *
   * @param scratch a directory that goes with the run
   */
  Outcome toTheEnd(Path scratch) {
    PipelineResult running = profile.start(plan.build(), scratch);
    profile.directions(running).forEach(line -> terminal.say("%s", line));
    while (true) {
      PipelineResult.State state = running.waitUntilFinish(POLL);
      if (shutdown.requested()) {
        // What has an end is waited for: nobody else would note that it was reached.
        return !plan.slice().isPinned() && profile.outlivesUs(running)
            ? unwatched(running)
            : interrupted(running);
      }
      if (state != null && state.isTerminal()) {
        if (state != PipelineResult.State.DONE) {
          throw new KappaException(
              "the pipeline ended as " + state, "look into the runner's log, or use --verbose");
        }
        Conservation counts = Conservation.of(running);
        watcher.completed(counts, seconds(), ReadPositions.of(running));
        return new Outcome(counts, true, seconds());
      }
      if (System.nanoTime() - reportedNanos >= REPORT_EVERY_NANOS) {
        report(running);
      }
    }
  }

  private Outcome unwatched(PipelineResult running) {
    terminal.progress("interrupted: the job goes on, nobody watches it");
    return new Outcome(Conservation.of(running), false, seconds());
  }

  private Outcome interrupted(PipelineResult running) {
    terminal.progress("interrupted, stopping the pipeline");
    // Some runners forget their counters with the job.
    Conservation counts = Conservation.of(running);
    try {
      running.cancel();
    } catch (IOException e) {
      throw new KappaException(
          "the pipeline cannot be cancelled", "cancel it with the runner's own tools", e);
    }
    return new Outcome(counts, false, seconds());
  }

  private void report(PipelineResult running) {
    Conservation counts = Conservation.of(running);
    long now = System.nanoTime();
    // A cluster begins to count anew when it has recovered.
    long more = Math.max(0, counts.read() - reportedRecords);
    double rate = more * 1e9 / (now - reportedNanos);
    reportedNanos = now;
    reportedRecords = counts.read();
    String told = watcher.progress(counts, seconds(), ReadPositions.of(running));
    if (counts.read() == 0) {
      terminal.progress("no records yet, %.0f s", seconds());
      return;
    }
    Slice slice = plan.slice();
    String share =
        slice.isPinned() && slice.size() > 0
            ? " (%d %%)".formatted(Math.min(100, 100 * counts.read() / slice.size()))
            : "";
    terminal.progress(
        "%,d records read%s, %,.0f a second%s, %,d row writes, %,d dead letters, %.0f s%s",
        counts.read(),
        share,
        rate,
        timeLeft(slice, counts.read()),
        rowWrites(running),
        counts.dead(),
        seconds(),
        told);
  }

  /** By the pace so far, which pauses at checkpoints do not upset. */
  private String timeLeft(Slice slice, long read) {
    if (!slice.isPinned() || slice.size() <= read) {
      return "";
    }
    return ", about %,.0f s left".formatted((slice.size() - read) * seconds() / read);
  }

  /** Over all views; a row that was corrected counts each time. */
  private static long rowWrites(PipelineResult running) {
    long sum = 0;
    for (MetricResult<Long> each :
        running.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      if (each.getName().getName().equals("rows_written")) {
        sum += each.getAttempted();
      }
    }
    return sum;
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
