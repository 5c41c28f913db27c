package org.kappabeam.transforms.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.SliceReader;

/** Reads pinned ranges of a topic and ends. */
final class KafkaSliceSource extends BoundedSource<LogBatch> {
  /** What a record is taken to weigh: only the size of splits hangs on it. */
  private static final long GUESSED_RECORD_BYTES = 100;

  /** Below this many offsets a range of its own costs more than it brings, unless asked for. */
  private static final long MIN_RANGE = 10_000;

  private final KafkaUri uri;
  private final Map<String, String> clientProperties;
  private final List<Slice.Range> ranges;
  private final int desiredRanges;

  /**
   * @param desiredRanges into how many ranges to split at least, if there are so many offsets; 0
   *     for what the runner likes
   */
  KafkaSliceSource(
      KafkaUri uri,
      Map<String, String> clientProperties,
      List<Slice.Range> ranges,
      int desiredRanges) {
    this.uri = uri;
    this.clientProperties = clientProperties;
    this.ranges = List.copyOf(ranges);
    this.desiredRanges = desiredRanges;
  }

  List<Slice.Range> ranges() {
    return ranges;
  }

  private long size() {
    return ranges.stream().mapToLong(range -> range.until() - range.from()).sum();
  }

  @Override
  public List<KafkaSliceSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
    long chunk = Math.max(MIN_RANGE, desiredBundleSizeBytes / GUESSED_RECORD_BYTES);
    if (desiredRanges > 0) {
      chunk = Math.min(chunk, Math.max(1, size() / desiredRanges));
    }
    record Piece(Slice.Range range, double start) {}
    List<Piece> pieces = new ArrayList<>();
    for (Slice.Range range : ranges) {
      long length = range.until() - range.from();
      long n = (length + chunk - 1) / chunk;
      for (long i = 0; i < n; i++) {
        // Cut so that the pieces of a range are of nearly equal length.
        long from = range.from() + length / n * i + Math.min(i, length % n);
        long until = range.from() + length / n * (i + 1) + Math.min(i + 1, length % n);
        pieces.add(new Piece(Slice.Range.of(range.partition(), from, until), (double) i / n));
      }
    }
    // Runners work through splits in order: the partitions advance side by side.
    pieces.sort(Comparator.comparingDouble(Piece::start));
    return pieces.stream()
        .map(piece -> new KafkaSliceSource(uri, clientProperties, List.of(piece.range()), 0))
        .toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return size() * GUESSED_RECORD_BYTES;
  }

  @Override
  public BoundedReader<LogBatch> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }

  /** Reads one range after the other. */
  private static final class Reader extends SliceReader {
    private static final Duration POLL_WAIT = Duration.ofMillis(100);

    /** A broker may be away for so long; then it counts as gone. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final KafkaSliceSource source;
    private final long size;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private int index = -1;
    private TopicPartition partition = new TopicPartition("", 0);
    private List<ConsumerRecord<byte[], byte[]>> records = List.of();
    private int head;
    private long finishedSize;

    Reader(KafkaSliceSource source) {
      super(source);
      this.source = source;
      this.size = source.size();
    }

    @Override
    protected void open() {
      consumer = KafkaClients.consumer(source.uri, source.clientProperties, false);
    }

    @Override
    protected @Nullable LogBatch next() {
      try {
        while (index < source.ranges.size()) {
          LogBatch batch = index < 0 ? null : readOn(source.ranges.get(index));
          if (batch != null) {
            return batch;
          }
          nextRange();
        }
      } catch (OffsetOutOfRangeException e) {
        throw KafkaClients.outOfRange(source.uri, consumer(), e);
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        throw KafkaClients.failure(source.uri, e);
      }
      return null;
    }

    private void nextRange() {
      if (index >= 0) {
        Slice.Range done = source.ranges.get(index);
        finishedSize += done.until() - done.from();
      }
      index++;
      records = List.of();
      head = 0;
      if (index == source.ranges.size()) {
        return;
      }
      Slice.Range range = source.ranges.get(index);
      if (range.from() == range.until()) {
        return;
      }
      partition = new TopicPartition(source.uri.topic(), Integer.parseInt(range.partition()));
      List<TopicPartition> one = List.of(partition);
      long first = consumer().beginningOffsets(one, KafkaClients.ANSWER_TIMEOUT).get(partition);
      long end = consumer().endOffsets(one, KafkaClients.ANSWER_TIMEOUT).get(partition);
      if (range.from() < first || range.until() > end) {
        throw KafkaClients.outOfRange(
            source.uri,
            partition.partition(),
            range.from() < first ? range.from() : range.until(),
            first,
            end,
            null);
      }
      consumer().assign(one);
      consumer().seek(partition, range.from());
    }

    /** The range's next batch, {@code null} if it has no more. */
    private @Nullable LogBatch readOn(Slice.Range range) {
      long patience = System.nanoTime() + PATIENCE_NANOS;
      while (true) {
        if (head < records.size()) {
          int end = KafkaBatches.end(records, head, range.until());
          if (end == head) {
            return null;
          }
          LogBatch batch = KafkaBatches.batch(range.partition(), records, head, end);
          head = end;
          long next = batch.offset(batch.size() - 1) + 1;
          progress((double) (finishedSize + next - range.from()) / size);
          return batch;
        }
        if (range.from() == range.until()
            || consumer().position(partition, KafkaClients.ANSWER_TIMEOUT) >= range.until()) {
          return null;
        }
        records = consumer().poll(POLL_WAIT).records(partition);
        head = 0;
        if (records.isEmpty() && System.nanoTime() > patience) {
          throw new KappaException(
              "no records of " + partition + " from " + source.uri.servers() + " for minutes",
              "see whether the broker is up, then run again");
        }
      }
    }

    @Override
    public void close() {
      if (consumer != null) {
        KafkaClients.close(consumer);
        consumer = null;
      }
    }

    private Consumer<byte[], byte[]> consumer() {
      if (consumer == null) {
        throw new IllegalStateException("the reader is not started");
      }
      return consumer;
    }
  }
}
