package org.kappabeam.transforms.observe;

import com.google.auto.value.AutoValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;

/**
 * How far a run has read its log, per partition. What was read may still be on its way to the
 * views. The largest values are kept: a distribution, which every runner has, is read for its
 * maximum.
 */
@AutoValue
public abstract class ReadPositions {
  /** No dots: Flink's names of metrics end the namespace at the first one. */
  private static final String OFFSETS = "kappa_next_offset";

  private static final String LOG_TIMES = "kappa_log_time";

  /** The metrics' namespaces; their names are partitions. */
  static final List<String> NAMESPACES = List.of(OFFSETS, LOG_TIMES);

  /** Per partition, the offset after the last record read. */
  public abstract Map<String, Long> nextOffsets();

  /** Per partition, the newest log time read, in milliseconds since the epoch. */
  public abstract Map<String, Long> logTimes();

  public static ReadPositions of(Map<String, Long> nextOffsets, Map<String, Long> logTimes) {
    return new AutoValue_ReadPositions(Map.copyOf(nextOffsets), Map.copyOf(logTimes));
  }

  /** As the running pipeline tells; empty before it has. */
  public static ReadPositions of(PipelineResult result) {
    return of(largest(result, OFFSETS), largest(result, LOG_TIMES));
  }

  private static Map<String, Long> largest(PipelineResult result, String namespace) {
    Map<String, Long> found = new TreeMap<>();
    for (MetricResult<DistributionResult> each :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(namespace))
                    .build())
            .getDistributions()) {
      found.put(each.getName().getName(), each.getAttempted().getMax());
    }
    return found;
  }

  /** Notes the positions of what passes. */
  public static PTransform<PCollection<LogBatch>, PCollection<LogBatch>> note() {
    return new Note();
  }

  private static final class Note extends PTransform<PCollection<LogBatch>, PCollection<LogBatch>> {
    @Override
    public PCollection<LogBatch> expand(PCollection<LogBatch> batches) {
      return batches.apply("Note", ParDo.of(new NoteFn())).setCoder(LogBatchCoder.of());
    }
  }

  static final class NoteFn extends DoFn<LogBatch, LogBatch> {
    private transient Map<String, Partition> partitions;

    @Setup
    public void setup() {
      partitions = new HashMap<>();
    }

    @ProcessElement
    public void process(@Element LogBatch batch, OutputReceiver<LogBatch> out) {
      int last = batch.size() - 1;
      if (last >= 0) {
        Partition partition = partitions.computeIfAbsent(batch.partition(), Partition::new);
        partition.offset.update(batch.offset(last) + 1);
        partition.logTime.update(batch.logTime(last));
      }
      out.output(batch);
    }
  }

  private static final class Partition {
    final Distribution offset;
    final Distribution logTime;

    Partition(String name) {
      offset = Metrics.distribution(OFFSETS, name);
      logTime = Metrics.distribution(LOG_TIMES, name);
    }
  }
}
