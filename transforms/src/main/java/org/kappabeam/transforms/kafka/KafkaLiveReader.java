package org.kappabeam.transforms.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogPace;
import org.kappabeam.transforms.log.LogTimes;
import org.kappabeam.transforms.log.SettlingClock;

/**
 * Reads the partitions of one split with one consumer. Of several partitions the one whose next
 * record has the lowest log time goes first, so that they stay roughly aligned while history is
 * replayed.
 */
final class KafkaLiveReader extends UnboundedSource.UnboundedReader<LogBatch> {
  /** How long to wait for records when there are none. */
  private static final Duration IDLE_WAIT = Duration.ofMillis(10);

  /** How long to wait for a partition that lags while others could go on. */
  private static final long ALIGN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final Duration ALIGN_WAIT = Duration.ofMillis(5);

  /** A partition with so much in hand is not fetched. */
  private static final int ENOUGH_RECORDS = 2 * KafkaBatches.MAX_RECORDS;

  private static final int ENOUGH_BYTES = 8 * KafkaBatches.MAX_BYTES;

  /** What a record is taken to weigh before one was read. */
  private static final long GUESSED_RECORD_BYTES = 100;

  private final KafkaLiveSource source;
  private final Map<Integer, KafkaPartition> partitions = new TreeMap<>();
  private final boolean open;

  /**
   * Set by whoever finalizes a checkpoint, taken by the reader's thread: a consumer has only one.
   */
  private final AtomicReference<@Nullable KafkaMark> toCommit = new AtomicReference<>();

  private @Nullable Consumer<byte[], byte[]> consumer;
  private @Nullable KafkaWatch watch;
  private LogPace.@Nullable Runner pace;
  private @Nullable LogBatch current;
  private int knownPartitions;
  private long watermark = LogTimes.NO_TIME;
  private long readRecords;
  private long readBytes;

  /** Read by a runner's metrics thread, so computed where the consumer lives. */
  private volatile long backlogBytes = BACKLOG_UNKNOWN;

  KafkaLiveReader(KafkaLiveSource source, @Nullable KafkaMark mark) {
    this.source = source;
    Map<Integer, KafkaMark.Position> marked = new HashMap<>();
    if (mark != null) {
      mark.positions().forEach(position -> marked.put(position.partition(), position));
    }
    boolean anyOpen = false;
    for (Slice.Range range : source.slice().ranges()) {
      int partition = Integer.parseInt(range.partition());
      knownPartitions = Math.max(knownPartitions, partition + 1);
      anyOpen |= range.until() == Slice.Range.OPEN;
      if (source.owns(partition)) {
        add(partition, range.from(), range.until(), marked.remove(partition));
      }
    }
    this.open = anyOpen;
    for (KafkaMark.Position position : marked.values()) {
      // Discovered by an earlier run of this reader.
      knownPartitions = Math.max(knownPartitions, position.partition() + 1);
      add(position.partition(), 0, Slice.Range.OPEN, position);
    }
  }

  private void add(int partition, long from, long until, KafkaMark.@Nullable Position marked) {
    partitions.put(
        partition,
        new KafkaPartition(
            new TopicPartition(source.uri().topic(), partition),
            marked == null ? from : marked.next(),
            until,
            marked == null ? LogTimes.NO_TIME : marked.logTime()));
  }

  @Override
  public boolean start() {
    consumer = KafkaClients.consumer(source.uri(), source.clientProperties(), true);
    if (open) {
      watch =
          new KafkaWatch(
              source.uri(), source.clientProperties(), knownPartitions, KafkaWatch.Pace.DEFAULT);
    }
    assign(partitions.values());
    pace = LogPace.join(source.id(), source.allowedLatenessMillis());
    return advance();
  }

  private void assign(Iterable<KafkaPartition> added) {
    consumer().assign(partitions.values().stream().map(KafkaPartition::topicPartition).toList());
    for (KafkaPartition partition : added) {
      consumer().seek(partition.topicPartition(), partition.next());
    }
  }

  @Override
  public boolean advance() {
    current = null;
    commit();
    if (watch != null) {
      watch.turn();
      takeNewPartitions(watch.partitions());
    }
    if (allFinished()) {
      pace().pause();
      backlogBytes = 0;
      return false;
    }
    try {
      fill();
    } catch (OffsetOutOfRangeException e) {
      throw KafkaClients.outOfRange(source.uri(), consumer(), e);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      throw KafkaClients.failure(source.uri(), e);
    }
    KafkaPartition first = null;
    for (KafkaPartition partition : partitions.values()) {
      if (!partition.isEmpty() && (first == null || partition.headTime() < first.headTime())) {
        first = partition;
      }
    }
    if (first == null) {
      if (!lagging()) {
        pace().pause();
      }
    } else if (pace().mayGo(first.headTime(), first.headSpan())) {
      long before = first.bufferedBytes();
      current = first.take();
      readRecords += current.size();
      readBytes += before - first.bufferedBytes();
    }
    measureBacklog();
    return current != null;
  }

  private void takeNewPartitions(int existing) {
    if (existing == knownPartitions) {
      return;
    }
    List<KafkaPartition> added = new ArrayList<>();
    for (int partition = knownPartitions; partition < existing; partition++) {
      if (source.owns(partition)) {
        add(partition, 0, Slice.Range.OPEN, null);
        added.add(partitions.get(partition));
      }
    }
    knownPartitions = existing;
    if (!added.isEmpty()) {
      assign(added);
    }
  }

  /** Polls until there is something to emit, or it is clear that there is not. */
  private void fill() {
    poll(allEmpty() ? IDLE_WAIT : Duration.ZERO, false);
    long deadline = System.nanoTime() + ALIGN_NANOS;
    while (!allEmpty() && lagging() && System.nanoTime() < deadline) {
      poll(ALIGN_WAIT, true);
    }
  }

  /**
   * @param onlyEmpty whether to fetch only for partitions that have nothing in hand
   */
  private void poll(Duration wait, boolean onlyEmpty) {
    List<TopicPartition> satisfied = new ArrayList<>();
    List<TopicPartition> wanted = new ArrayList<>();
    for (KafkaPartition partition : partitions.values()) {
      boolean enough =
          partition.isFinished()
              || partition.bufferedRecords() >= ENOUGH_RECORDS
              || partition.bufferedBytes() >= ENOUGH_BYTES
              || (onlyEmpty && !partition.isEmpty());
      (enough ? satisfied : wanted).add(partition.topicPartition());
    }
    consumer().pause(satisfied);
    consumer().resume(wanted);
    ConsumerRecords<byte[], byte[]> records = consumer().poll(wait);
    for (KafkaPartition partition : partitions.values()) {
      partition.add(records.records(partition.topicPartition()));
      if (partition.isEmpty() && !partition.isFinished()) {
        partition.fetchedUpTo(position(partition));
      }
    }
  }

  private long position(KafkaPartition partition) {
    try {
      return consumer().position(partition.topicPartition(), Duration.ZERO);
    } catch (TimeoutException e) {
      // Being checked against a new leader: the consumer knows again after some later poll.
      return partition.next();
    }
  }

  /** Whether a partition has nothing in hand although the log has more of it. */
  private boolean lagging() {
    for (KafkaPartition partition : partitions.values()) {
      if (partition.isEmpty() && !partition.isFinished()) {
        OptionalLong lag = consumer().currentLag(partition.topicPartition());
        if (lag.isEmpty() || lag.getAsLong() > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean allEmpty() {
    return partitions.values().stream().allMatch(KafkaPartition::isEmpty);
  }

  private boolean allFinished() {
    return partitions.values().stream().allMatch(KafkaPartition::isFinished);
  }

  private void measureBacklog() {
    long records = 0;
    for (KafkaPartition partition : partitions.values()) {
      if (!partition.isFinished()) {
        records += partition.bufferedRecords();
        records += consumer().currentLag(partition.topicPartition()).orElse(0);
      }
    }
    backlogBytes =
        records * (readRecords == 0 ? GUESSED_RECORD_BYTES : Math.max(1, readBytes / readRecords));
  }

  @Override
  public LogBatch getCurrent() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    return current;
  }

  @Override
  public Instant getCurrentTimestamp() {
    return LogTimes.timestamp(getCurrent(), source.allowedLatenessMillis());
  }

  @Override
  public Instant getWatermark() {
    SettlingClock.Settled<Integer> clock = watch == null ? null : watch.logClock();
    long lowest = Long.MAX_VALUE;
    boolean finished = true;
    for (KafkaPartition partition : partitions.values()) {
      if (partition.isFinished()) {
        continue;
      }
      finished = false;
      if (clock != null && clock.holdsFor(partition.number(), partition.next())) {
        partition.reach(clock.logTime());
      }
      lowest = Math.min(lowest, partition.logTime());
    }
    if (finished) {
      return BoundedWindow.TIMESTAMP_MAX_VALUE;
    }
    // A partition that joins late has seen no time yet: the watermark waits, it does not go back.
    watermark = Math.max(watermark, LogTimes.watermark(lowest, source.allowedLatenessMillis()));
    return Instant.ofEpochMilli(watermark);
  }

  @Override
  public KafkaMark getCheckpointMark() {
    return new KafkaMark(
        partitions.values().stream()
            .map(p -> KafkaMark.Position.of(p.number(), p.next(), p.logTime()))
            .toList(),
        toCommit::set);
  }

  /**
   * Tells the consumer group where we are, for tools that show lag. Nothing ever resumes from it,
   * so an answer is not waited for and a failure is of no interest.
   */
  private void commit() {
    KafkaMark mark = toCommit.getAndSet(null);
    if (mark == null) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (KafkaMark.Position position : mark.positions()) {
      offsets.put(
          new TopicPartition(source.uri().topic(), position.partition()),
          new OffsetAndMetadata(position.next()));
    }
    consumer().commitAsync(offsets, (committed, failure) -> {});
  }

  @Override
  public long getSplitBacklogBytes() {
    return backlogBytes;
  }

  @Override
  public KafkaLiveSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    try {
      if (consumer != null) {
        commit();
        KafkaClients.close(consumer);
        consumer = null;
      }
    } finally {
      if (watch != null) {
        watch.close();
        watch = null;
      }
      if (pace != null) {
        pace.leave();
        pace = null;
      }
    }
  }

  private LogPace.Runner pace() {
    if (pace == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return pace;
  }

  private Consumer<byte[], byte[]> consumer() {
    if (consumer == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return consumer;
  }
}
