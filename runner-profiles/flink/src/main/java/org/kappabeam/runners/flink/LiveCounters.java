package org.kappabeam.runners.flink;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.flink.metrics.FlinkMetricContainer;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The counters and distributions of running jobs in this process. Beam hands them over when a job's
 * operators end; until then they are to be had as metrics of Flink only.
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

  /** What distributions of operators that have ended had seen. */
  private final Map<String, DistributionResult> endedDistributions = new ConcurrentHashMap<>();

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
      counters.endedDistributions.forEach((name, seen) -> add(container, name, seen));
      counters.running.forEach(
          (metric, name) -> {
            if (metric instanceof Counter counter) {
              add(container, name, counter.getCount());
            } else if (metric instanceof FlinkMetricContainer.FlinkDistributionGauge distribution) {
              add(container, name, distribution.getValue());
            }
          });
    }
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(all);
  }

  private static void add(MetricsContainerImpl container, String name, long count) {
    container.getCounter(metricName(name)).inc(count);
  }

  private static void add(MetricsContainerImpl container, String name, DistributionResult seen) {
    container
        .getDistribution(metricName(name))
        .update(seen.getSum(), seen.getCount(), seen.getMin(), seen.getMax());
  }

  /** Beam calls a metric of ours {@code namespace.name}. */
  private static MetricName metricName(String name) {
    int dot = name.indexOf('.');
    return MetricName.named(name.substring(0, dot), name.substring(dot + 1));
  }

  private static DistributionResult sum(DistributionResult a, DistributionResult b) {
    return DistributionResult.create(
        a.getSum() + b.getSum(),
        a.getCount() + b.getCount(),
        Math.min(a.getMin(), b.getMin()),
        Math.max(a.getMax(), b.getMax()));
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
    if ((metric instanceof Counter || metric instanceof FlinkMetricContainer.FlinkDistributionGauge)
        && name.indexOf('.') > 0) {
      running.put(metric, name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    if (running.remove(metric) == null) {
      return;
    }
    if (metric instanceof Counter counter) {
      ended.merge(name, counter.getCount(), Long::sum);
    } else if (metric instanceof FlinkMetricContainer.FlinkDistributionGauge distribution) {
      endedDistributions.merge(name, distribution.getValue(), LiveCounters::sum);
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
