package org.kappabeam.benchmarks.plainflink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.source.RichParallelSourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.kappabeam.benchmarks.Meter;

/**
 * Reads a topic up to its present end, the partitions aligned by their records' timestamps; the
 * watermark is the lowest timestamp less the allowed lateness.
 */
@SuppressWarnings("deprecation") // the older source interface is the one without a detour
final class TopicSource extends RichParallelSourceFunction<ConsumerRecord<byte[], byte[]>>
    implements CheckpointedFunction {
  private static final Duration WAIT = Duration.ofMillis(10);
  private static final int ENOUGH = 10_000;

  private final SerializableSupplier<Consumer<byte[], byte[]>> consumers;
  private final String topic;
  private final long latenessMillis;
  private transient Map<Integer, Long> restored;
  private transient List<Partition> partitions;
  private transient ListState<Tuple2<Integer, Long>> offsets;
  private volatile boolean running = true;

  TopicSource(
      SerializableSupplier<Consumer<byte[], byte[]>> consumers, String topic, long latenessMillis) {
    this.consumers = consumers;
    this.topic = topic;
    this.latenessMillis = latenessMillis;
  }

  /** One partition: what is fetched, and how far it is emitted. */
  private static final class Partition {
    private final TopicPartition name;
    private final long end;
    private final Deque<List<ConsumerRecord<byte[], byte[]>>> fetched = new ArrayDeque<>();
    private int buffered;
    private long next;
    private long time = Long.MIN_VALUE;

    Partition(TopicPartition name, long next, long end) {
      this.name = name;
      this.next = next;
      this.end = end;
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    offsets =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>("offsets", Types.TUPLE(Types.INT, Types.LONG)));
    restored = new HashMap<>();
    for (Tuple2<Integer, Long> offset : offsets.get()) {
      restored.put(offset.f0, offset.f1);
    }
    partitions = new ArrayList<>();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    offsets.clear();
    for (Partition partition : partitions) {
      offsets.add(Tuple2.of(partition.name.partition(), partition.next));
    }
  }

  @Override
  public void run(SourceContext<ConsumerRecord<byte[], byte[]>> context) {
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      assign(consumer, context);
      long watermark = Long.MIN_VALUE;
      while (running) {
        Partition first = poll(consumer);
        if (first != null) {
          emit(first, context);
        }
        long lowest = Long.MAX_VALUE;
        for (Partition partition : partitions) {
          if (partition.next < partition.end) {
            lowest = Math.min(lowest, partition.time);
          }
        }
        if (lowest == Long.MAX_VALUE) {
          return;
        }
        if (lowest != Long.MIN_VALUE && lowest - latenessMillis > watermark) {
          watermark = lowest - latenessMillis;
          context.emitWatermark(new Watermark(watermark));
        }
      }
    }
  }

  private void assign(
      Consumer<byte[], byte[]> consumer, SourceContext<ConsumerRecord<byte[], byte[]>> context) {
    int task = getRuntimeContext().getIndexOfThisSubtask();
    int tasks = getRuntimeContext().getNumberOfParallelSubtasks();
    List<TopicPartition> own =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .filter(partition -> partition.partition() % tasks == task)
            .toList();
    consumer.assign(own);
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(own);
    Map<TopicPartition, Long> ends = consumer.endOffsets(own);
    synchronized (context.getCheckpointLock()) {
      for (TopicPartition name : own) {
        long next = restored.getOrDefault(name.partition(), starts.get(name));
        consumer.seek(name, next);
        partitions.add(new Partition(name, next, ends.get(name)));
      }
    }
  }

  /** Fetches, and says which partition is to emit next: the one that lies back in time. */
  private Partition poll(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> enough = new ArrayList<>();
    List<TopicPartition> wanted = new ArrayList<>();
    boolean missing = false;
    for (Partition partition : partitions) {
      boolean done = partition.next + partition.buffered >= partition.end;
      (done || partition.buffered >= ENOUGH ? enough : wanted).add(partition.name);
      missing |= !done && partition.buffered == 0;
    }
    consumer.pause(enough);
    consumer.resume(wanted);
    ConsumerRecords<byte[], byte[]> records = consumer.poll(missing ? WAIT : Duration.ZERO);
    for (Partition partition : partitions) {
      List<ConsumerRecord<byte[], byte[]>> own = records.records(partition.name);
      if (!own.isEmpty()) {
        partition.fetched.add(own);
        partition.buffered += own.size();
      }
    }
    Partition first = null;
    for (Partition partition : partitions) {
      if (partition.buffered == 0) {
        if (partition.next < partition.end) {
          return null;
        }
      } else if (first == null || head(partition) < head(first)) {
        first = partition;
      }
    }
    return first;
  }

  private static long head(Partition partition) {
    return partition.fetched.element().get(0).timestamp();
  }

  private static void emit(
      Partition partition, SourceContext<ConsumerRecord<byte[], byte[]>> context) {
    List<ConsumerRecord<byte[], byte[]>> batch = partition.fetched.remove();
    partition.buffered -= batch.size();
    Meter.read(batch.size());
    synchronized (context.getCheckpointLock()) {
      for (ConsumerRecord<byte[], byte[]> record : batch) {
        if (record.offset() < partition.end) {
          context.collect(record);
        }
      }
      ConsumerRecord<byte[], byte[]> last = batch.get(batch.size() - 1);
      partition.next = last.offset() + 1;
      partition.time = Math.max(partition.time, last.timestamp());
    }
  }

  @Override
  public void cancel() {
    running = false;
  }
}
