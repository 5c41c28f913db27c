package org.kappabeam.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.pipelines.fraud.FraudFeatures;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.decode.TimeRule;
import org.kappabeam.transforms.kafka.KafkaLog;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.observe.ReadPositions;

/** The fraud pilot's graph on embedded Flink, from the topic into {@link RowTable}. */
final class KappaJob {
  private static final int MAX_RECORD_BYTES = 262_144;
  private static final long IDLE_MILLIS = 100;

  /** As the product's Flink profile has it. */
  private static final long BUNDLE_BATCHES = 32;

  private static final long BUNDLE_MILLIS = 100;

  private KappaJob() {}

  /** Reads the topic as it grows, with state and checkpoints, to its present end. */
  static Conservation live(String uri, int shards, Path checkpoints) {
    FlinkPipelineOptions options = options();
    options.setStreaming(true);
    options.setMaxParallelism(JobProcess.MAX_PARALLELISM);
    options.setCheckpointingInterval(JobProcess.CHECKPOINT_MILLIS);
    options.setStateBackend("filesystem");
    options.setStateBackendStoragePath(checkpoints.toUri().toString());
    options.setMaxBundleSize(BUNDLE_BATCHES);
    options.setMaxBundleTimeMills(BUNDLE_MILLIS);
    options.setShutdownSourcesAfterIdleMs(IDLE_MILLIS);
    KafkaLog log = KafkaLog.of(uri, Map.of());
    return run(
        options, log.live(log.resolve("earliest", "latest"), JobProcess.LATENESS_MILLIS), shards);
  }

  /**
   * Reads what the topic has at present, as a batch job.
   *
   * @param ranges how many at least; 0 leaves it to the runner
   */
  static Conservation slice(String uri, int shards, int ranges) {
    KafkaLog log = KafkaLog.of(uri, Map.of());
    return run(options(), log.slice(log.resolve("earliest", "latest"), ranges), shards);
  }

  private static FlinkPipelineOptions options() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setJobName("kappa");
    options.setParallelism(JobProcess.PARALLELISM);
    options.setObjectReuse(true);
    return options;
  }

  private static Conservation run(
      FlinkPipelineOptions options, PTransform<PBegin, PCollection<LogBatch>> read, int shards) {
    Pipeline pipeline = Pipeline.create(options);
    Duration lateness = Duration.ofMillis(JobProcess.LATENESS_MILLIS);
    PCollection<LogBatch> records =
        pipeline
            .apply("Read log", read)
            .apply("Meter", ParDo.of(new MeterFn()))
            .setCoder(LogBatchCoder.of())
            .apply("Positions", ReadPositions.note());
    FraudFeatures features =
        FraudFeatures.of(
            TimeRule.of(lateness, Duration.ofMillis(JobProcess.SKEW_MILLIS)),
            MAX_RECORD_BYTES,
            shards);
    PCollectionTuple results = records.apply("Fraud", features);
    results
        .get(features.scored())
        .apply("Rows", FraudViews.scoredTransactions())
        .apply("To table", ParDo.of(new TableFn()));
    PipelineResult result = pipeline.run();
    PipelineResult.State state = result.waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("the pipeline ended as " + state);
    }
    return Conservation.of(result);
  }

  private static final class MeterFn extends DoFn<LogBatch, LogBatch> {
    @ProcessElement
    public void process(@Element LogBatch batch, OutputReceiver<LogBatch> out) {
      Meter.read(batch.size());
      out.output(batch);
    }
  }

  private static final class TableFn extends DoFn<Batch<ViewRow>, Void> {
    @ProcessElement
    public void process(@Element Batch<ViewRow> batch) {
      for (ViewRow row : batch.values()) {
        RowTable.put(row.key(), row.evidence(), RowHash.of(row));
      }
      Meter.wrote();
    }
  }
}
