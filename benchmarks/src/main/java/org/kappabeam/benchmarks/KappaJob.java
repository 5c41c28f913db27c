package org.kappabeam.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.pipelines.fraud.FraudFeatures;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.decode.TimeRule;
import org.kappabeam.transforms.kafka.KafkaLog;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.observe.ReadPositions;

/** The fraud pilot's graph on embedded Flink, from the topic into {@link RowTable}. */
final class KappaJob {
  private static final int MAX_RECORD_BYTES = 262_144;
  private static final TimeRule TIME =
      TimeRule.of(
          Duration.ofMillis(JobProcess.LATENESS_MILLIS), Duration.ofMillis(JobProcess.SKEW_MILLIS));
  private static final long IDLE_MILLIS = 100;

  /** As the product's Flink profile has it. */
  private static final long BUNDLE_BATCHES = 256;

  private static final long BUNDLE_MILLIS = 400;

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

  /** Reads and decodes a slice and drops the events: how fast a replay could be at most. */
  static void read(String uri, int shards, int ranges) {
    KafkaLog log = KafkaLog.of(uri, Map.of());
    Pipeline pipeline = Pipeline.create(options());
    Route<Transaction, Transaction> payments =
        Route.of(TransactionType.of(), Transaction::customerId);
    Route<FraudLabel, FraudLabel> labels = Route.of(FraudLabelType.of(), FraudLabel::terminalId);
    PCollectionTuple events =
        metered(pipeline, log.slice(log.resolve("earliest", "latest"), ranges))
            .apply(
                "Decode", DecodeLog.of(List.of(payments, labels), TIME, MAX_RECORD_BYTES, shards));
    events.get(payments.tag()).apply("Drop payments", ParDo.of(new DropFn<>()));
    events.get(labels.tag()).apply("Drop labels", ParDo.of(new DropFn<>()));
    await(pipeline);
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
    PCollection<LogBatch> records =
        metered(pipeline, read).apply("Positions", ReadPositions.note());
    FraudFeatures features = FraudFeatures.of(TIME, MAX_RECORD_BYTES, shards);
    PCollectionTuple results = records.apply("Fraud", features);
    results
        .get(features.scored())
        .apply("Rows", FraudViews.scoredTransactions())
        .apply("To table", ParDo.of(new TableFn()));
    return Conservation.of(await(pipeline));
  }

  private static PCollection<LogBatch> metered(
      Pipeline pipeline, PTransform<PBegin, PCollection<LogBatch>> read) {
    return pipeline
        .apply("Read log", read)
        .apply("Meter", ParDo.of(new MeterFn()))
        .setCoder(LogBatchCoder.of());
  }

  private static PipelineResult await(Pipeline pipeline) {
    PipelineResult result = pipeline.run();
    PipelineResult.State state = result.waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("the pipeline ended as " + state);
    }
    return result;
  }

  private static final class MeterFn extends DoFn<LogBatch, LogBatch> {
    @ProcessElement
    public void process(@Element LogBatch batch, OutputReceiver<LogBatch> out) {
      Meter.read(batch.size());
      out.output(batch);
    }
  }

  static final class TableFn extends DoFn<Batch<ViewRow>, Void> {
    private transient RowTable table;

    @Setup
    public void setup() {
      table = RowTable.part();
    }

    @ProcessElement
    public void process(@Element Batch<ViewRow> batch) {
      for (ViewRow row : batch.values()) {
        table.put(row.key(), row.evidence(), RowHash.of(row));
      }
      Meter.wrote();
    }
  }

  private static final class DropFn<T> extends DoFn<T, Void> {
    @ProcessElement
    public void process() {
      Meter.wrote();
    }
  }
}
