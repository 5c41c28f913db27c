package org.kappabeam.transforms.observe;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;

/**
 * Nothing vanishes: every record read ends as folded into a view, as a duplicate, or as a dead
 * letter. Counted once per batch where it happens, added up per run.
 */
@AutoValue
public abstract class Conservation {
  private static final String NAMESPACE = "kappa";

  public abstract long read();

  public abstract long folded();

  public abstract long duplicates();

  public abstract long dead();

  /**
   * Corrections between two stages that came after their row was settled. Zero unless the watermark
   * ran ahead of the log.
   */
  public abstract long lost();

  /** Whether every record read is accounted for. */
  public final boolean isReconciled() {
    return read() == folded() + duplicates() + dead() && lost() == 0;
  }

  public static Conservation of(long read, long folded, long duplicates, long dead) {
    return new AutoValue_Conservation(read, folded, duplicates, dead, 0);
  }

  /** The counters of a run, so far or final. A runner counts retried bundles again. */
  public static Conservation of(PipelineResult result) {
    return new AutoValue_Conservation(
        sum(result, "read"),
        sum(result, "folded"),
        sum(result, "duplicate"),
        sum(result, "dead"),
        sum(result, "lost"));
  }

  /** Records taken from the log. */
  public static Counter readCounter() {
    return Metrics.counter(NAMESPACE, "read");
  }

  /** Records that became part of a view. */
  public static Counter foldedCounter() {
    return Metrics.counter(NAMESPACE, "folded");
  }

  /** Records that said again what another had said. */
  public static Counter duplicateCounter() {
    return Metrics.counter(NAMESPACE, "duplicate");
  }

  /** Records refused, with their cause in the dead letters. */
  public static Counter deadCounter() {
    return Metrics.counter(NAMESPACE, "dead");
  }

  /** Corrections that came too late to be made. */
  public static Counter lostCounter() {
    return Metrics.counter(NAMESPACE, "lost");
  }

  private static long sum(PipelineResult result, String counter) {
    MetricQueryResults found =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(NAMESPACE, counter))
                    .build());
    long sum = 0;
    for (MetricResult<Long> each : found.getCounters()) {
      sum += each.getAttempted();
    }
    return sum;
  }
}
