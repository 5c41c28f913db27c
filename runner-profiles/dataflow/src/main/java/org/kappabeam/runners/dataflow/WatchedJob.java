package org.kappabeam.runners.dataflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.dataflow.DataflowPipelineJob;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.runners.dataflow.util.MonitoringUtil;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricFiltering;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.joda.time.Duration;

/**
 * A job of the service, asked after sparingly: who watches it looks many times a second, the
 * service counts requests.
 */
final class WatchedJob implements PipelineResult {
  private static final long STATE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long METRICS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final DataflowPipelineJob job;
  private final DataflowPipelineOptions options;

  private State state = State.RUNNING;
  private long stateAskedAt = System.nanoTime();
  private MetricQueryResults metrics =
      MetricQueryResults.create(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  private long metricsAskedAt = System.nanoTime() - METRICS_NANOS;
  private boolean metricsFinal;

  WatchedJob(DataflowPipelineJob job, DataflowPipelineOptions options) {
    this.job = job;
    this.options = options;
  }

  /** Whether it has no end of its own. */
  boolean isLive() {
    return options.isStreaming();
  }

  /** Where to look at it, and how to end it. */
  List<String> directions() {
    String which =
        "%s --project=%s --region=%s"
            .formatted(job.getJobId(), options.getProject(), options.getRegion());
    List<String> lines = new ArrayList<>();
    lines.add("job     " + job.getJobId() + " (" + options.getJobName() + ")");
    lines.add(
        "look    "
            + MonitoringUtil.getJobMonitoringPageURL(
                options.getProject(), options.getRegion(), job.getJobId()));
    if (isLive()) {
      lines.add("drain   gcloud dataflow jobs drain " + which);
      lines.add("update  this command with --update --jobName=" + options.getJobName());
    }
    lines.add("cancel  gcloud dataflow jobs cancel " + which);
    return lines;
  }

  @Override
  public synchronized State getState() {
    if (!state.isTerminal() && System.nanoTime() - stateAskedAt >= STATE_NANOS) {
      state = job.getState();
      stateAskedAt = System.nanoTime();
    }
    return state;
  }

  @Override
  public State cancel() throws IOException {
    return job.cancel();
  }

  @Override
  public State waitUntilFinish(Duration duration) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(duration.getMillis());
    try {
      while (!getState().isTerminal() && System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.sleep(
            Math.min(TimeUnit.SECONDS.toNanos(1), Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return getState();
  }

  @Override
  public State waitUntilFinish() {
    return waitUntilFinish(Duration.millis(TimeUnit.DAYS.toMillis(365)));
  }

  @Override
  public MetricResults metrics() {
    return new MetricResults() {
      @Override
      public MetricQueryResults queryMetrics(MetricsFilter filter) {
        return matching(all(), filter);
      }
    };
  }

  private synchronized MetricQueryResults all() {
    boolean ended = state.isTerminal();
    if ((ended && !metricsFinal) || System.nanoTime() - metricsAskedAt >= METRICS_NANOS) {
      metrics = job.metrics().queryMetrics(MetricsFilter.builder().build());
      metricsAskedAt = System.nanoTime();
      metricsFinal = ended;
    }
    return metrics;
  }

  private static MetricQueryResults matching(MetricQueryResults all, MetricsFilter filter) {
    return MetricQueryResults.create(
        matching(all.getCounters(), filter),
        matching(all.getDistributions(), filter),
        matching(all.getGauges(), filter),
        matching(all.getStringSets(), filter),
        matching(all.getBoundedTries(), filter),
        matching(all.getHistograms(), filter));
  }

  private static <T> List<MetricResult<T>> matching(
      Iterable<MetricResult<T>> all, MetricsFilter filter) {
    List<MetricResult<T>> matching = new ArrayList<>();
    for (MetricResult<T> each : all) {
      if (MetricFiltering.matches(filter, each.getKey())) {
        matching.add(each);
      }
    }
    return matching;
  }
}
