package org.kappabeam.runners.flink;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The counters of running jobs in this process. Beam hands over a job's counters when its operators
 * end; until then they are to be had as metrics of Flink only.
 *
 * <p>Flink makes its reporters by itself, so jobs find theirs by a name that the configuration
 * carries.
 */
public final class LiveCounters implements MetricReporter {
  private static final String JOB = "job";
  private static final Map<String, LiveCounters> BY_JOB = new ConcurrentHashMap<>();

  private final Map<Metric, String> running = new ConcurrentHashMap<>();

  /** What counters of operators that have ended had counted. */
  private final Map<String, Long> ended = new ConcurrentHashMap<>();

  private LiveCounters() {}

  /** The settings that make Flink report to {@link #of} the same name. */
  static Map<String, String> configuration(String job) {
    return Map.of(
        "metrics.reporters",
        "kappa",
        "metrics.reporter.kappa.factory.class",
        Factory.class.getName(),
        "metrics.reporter.kappa." + JOB,
        job);
  }

  /** The counters of a job so far. */
  static MetricResults of(String job) {
    LiveCounters counters = BY_JOB.get(job);
    MetricsContainerStepMap all = new MetricsContainerStepMap();
    if (counters != null) {
      MetricsContainerImpl container = all.getContainer(JOB);
      counters.ended.forEach((name, count) -> add(container, name, count));
      counters.running.forEach(
          (metric, name) -> add(container, name, ((Counter) metric).getCount()));
    }
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(all);
  }

  /** Beam calls a counter of ours {@code namespace.name}. */
  private static void add(MetricsContainerImpl container, String name, long count) {
    int dot = name.indexOf('.');
    container
        .getCounter(MetricName.named(name.substring(0, dot), name.substring(dot + 1)))
        .inc(count);
  }

  /** Lets go of a job's counters. */
  static void forget(String job) {
    BY_JOB.remove(job);
  }

  @Override
  public void open(MetricConfig config) {
    BY_JOB.put(config.getString(JOB, ""), this);
  }

  @Override
  public void close() {
    // Counted is counted, until the job is forgotten.
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter && name.indexOf('.') > 0) {
      running.put(metric, name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Counter counter && running.remove(metric) != null) {
      ended.merge(name, counter.getCount(), Long::sum);
    }
  }

  /** Found by Flink. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new LiveCounters();
    }
  }
}
