package org.kappabeam.transforms.observe;

import com.google.auto.value.AutoValue;
import java.util.Set;
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
  static final String NAMESPACE = "kappa";

  private static final String READ = "read";
  private static final String FOLDED = "folded";
  private static final String DUPLICATE = "duplicate";
  private static final String DEAD = "dead";
  private static final String LOST = "lost";

  /** The counters' names. */
  static final Set<String> NAMES = Set.of(READ, FOLDED, DUPLICATE, DEAD, LOST);

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
        sum(result, READ),
        sum(result, FOLDED),
        sum(result, DUPLICATE),
        sum(result, DEAD),
        sum(result, LOST));
  }

  /** Records taken from the log. */
  public static Counter readCounter() {
    return Metrics.counter(NAMESPACE, READ);
  }

  /** Records that became part of a view. */
  public static Counter foldedCounter() {
    return Metrics.counter(NAMESPACE, FOLDED);
  }

  /** Records that said again what another had said. */
  public static Counter duplicateCounter() {
    return Metrics.counter(NAMESPACE, DUPLICATE);
  }

  /** Records refused, with their cause in the dead letters. */
  public static Counter deadCounter() {
    return Metrics.counter(NAMESPACE, DEAD);
  }

  /** Corrections that came too late to be made. */
  public static Counter lostCounter() {
    return Metrics.counter(NAMESPACE, LOST);
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
