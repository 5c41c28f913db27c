package org.kappabeam.transforms.kinesis;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.SliceReader;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Reads pinned ranges of shards and ends. A range is the smallest part: a shard has no places to
 * cut it at but the numbers of its records, and Kinesis gives each shard 2 MB a second anyway.
 */
final class KinesisSliceSource extends BoundedSource<LogBatch> {
  /** Kinesis does not say how much a shard holds: only the size of splits hangs on it. */
  private static final long GUESSED_SHARD_BYTES = 64 << 20;

  private final KinesisUri uri;
  private final Map<String, String> clientProperties;
  private final List<Slice.Range> ranges;

  KinesisSliceSource(
      KinesisUri uri, Map<String, String> clientProperties, List<Slice.Range> ranges) {
    this.uri = uri;
    this.clientProperties = clientProperties;
    this.ranges = ranges.stream().filter(range -> !range.isEmpty()).toList();
  }

  List<Slice.Range> ranges() {
    return ranges;
  }

  @Override
  public List<KinesisSliceSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
    return ranges.stream()
        .map(range -> new KinesisSliceSource(uri, clientProperties, List.of(range)))
        .toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return ranges.size() * GUESSED_SHARD_BYTES;
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
    private final KinesisSliceSource source;
    private @Nullable KinesisClient client;
    private @Nullable KinesisPages pages;
    private @Nullable KinesisCut cut;
    private int index;
    private List<KinesisRecord> records = List.of();
    private int head;

    Reader(KinesisSliceSource source) {
      super(source);
      this.source = source;
    }

    @Override
    protected void open() {
      client = KinesisClients.client(source.uri, source.clientProperties);
    }

    @Override
    protected @Nullable LogBatch next() {
      while (index < source.ranges.size()) {
        LogBatch batch = readOn(source.ranges.get(index));
        if (batch != null) {
          return batch;
        }
        pages = null;
        cut = null;
        index++;
        progress((double) index / source.ranges.size());
      }
      return null;
    }

    /** The range's next batch, {@code null} if it has no more. */
    private @Nullable LogBatch readOn(Slice.Range range) {
      if (pages == null || cut == null) {
        String shard = range.partition();
        pages =
            KinesisPages.from(client(), source.uri, shard, KinesisBound.parse(range.fromText()));
        cut = new KinesisCut(source.uri, shard, KinesisBound.parse(range.untilText()));
      }
      while (head == records.size()) {
        if (cut.isDone()) {
          return null;
        }
        records = cut.within(pages.await(KinesisPages.MAX_RECORDS));
        head = 0;
      }
      int end = KinesisBatches.end(records, head);
      LogBatch batch = KinesisBatches.batch(records, head, end);
      head = end;
      return batch;
    }

    @Override
    public void close() {
      if (client != null) {
        client.close();
        client = null;
      }
    }

    private KinesisClient client() {
      if (client == null) {
        throw new IllegalStateException("the reader is not started");
      }
      return client;
    }
  }
}
