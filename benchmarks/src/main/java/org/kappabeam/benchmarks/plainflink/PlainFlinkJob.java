package org.kappabeam.benchmarks.plainflink;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.ExecutionCheckpointingOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;

/** The fraud features written for Flink alone, on an embedded cluster. */
public final class PlainFlinkJob {
  private PlainFlinkJob() {}

  /**
   * How the job runs.
   *
   * @param checkpoints where they go
   */
  public record Settings(
      int parallelism,
      int maxParallelism,
      Duration lateness,
      Duration skew,
      Duration checkpointEvery,
      Path checkpoints) {}

  /** Runs to the present end of the topic. */
  public static void run(
      SerializableSupplier<Consumer<byte[], byte[]>> consumers, String topic, Settings settings)
      throws Exception {
    Configuration config = new Configuration();
    config.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism());
    config.set(PipelineOptions.MAX_PARALLELISM, settings.maxParallelism());
    config.set(PipelineOptions.OBJECT_REUSE, true);
    config.set(PipelineOptions.GENERIC_TYPES, false);
    config.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    config.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    config.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, settings.checkpoints().toUri().toString());
    config.set(ExecutionCheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointEvery());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(settings.parallelism(), config);
    build(env, consumers, topic, settings);
    env.execute("plain-flink");
  }

  @SuppressWarnings("deprecation") // the older source and sink interfaces have the least overhead
  private static void build(
      StreamExecutionEnvironment env,
      SerializableSupplier<Consumer<byte[], byte[]>> consumers,
      String topic,
      Settings settings) {
    long lateness = settings.lateness().toMillis();
    SingleOutputStreamOperator<Transaction> transactions =
        env.addSource(
                new TopicSource(consumers, topic, lateness), "topic", chained(ConsumerRecord.class))
            .process(
                new Decode(lateness, settings.skew().toMillis()),
                new Typed<>(Transaction.class, Serializers.TRANSACTION))
            .name("decode");
    DataStream<FraudLabel> labels = transactions.getSideOutput(Decode.LABELS);
    transactions
        .keyBy(Transaction::customerId, Types.STRING)
        .process(new ByCustomer(), new Typed<>(Payment.class, Serializers.PAYMENT))
        .name("by customer")
        .keyBy(payment -> payment.transaction().terminalId(), Types.STRING)
        .connect(labels.keyBy(FraudLabel::terminalId, Types.STRING))
        .process(new ByTerminal(), chained(Row.class))
        .name("by terminal")
        .addSink(new TableSink())
        .name("table");
  }

  @SuppressWarnings("unchecked") // a class object has no type arguments
  private static <T> Typed<T> chained(Class<? super T> type) {
    return new Typed<>((Class<T>) type, new ChainedOnly<>());
  }
}
