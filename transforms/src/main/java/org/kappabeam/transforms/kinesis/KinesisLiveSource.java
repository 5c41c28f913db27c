package org.kappabeam.transforms.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * Reads on as a stream grows. A split reads the shards of its ranges and all that come from them by
 * resharding: a merged shard belongs to the reader of its first parent.
 */
final class KinesisLiveSource extends UnboundedSource<LogBatch, KinesisMark> {
  private final String id;
  private final KinesisUri uri;
  private final Map<String, String> clientProperties;
  private final List<Slice.Range> ranges;
  private final long allowedLatenessMillis;
  private final boolean alone;

  KinesisLiveSource(
      KinesisUri uri,
      Map<String, String> clientProperties,
      Slice slice,
      long allowedLatenessMillis) {
    // Tells the readers of one source from those of another over the same stream; nothing more.
    this(
        UUID.randomUUID().toString(),
        uri,
        clientProperties,
        slice.ranges(),
        allowedLatenessMillis,
        true);
  }

  private KinesisLiveSource(
      String id,
      KinesisUri uri,
      Map<String, String> clientProperties,
      List<Slice.Range> ranges,
      long allowedLatenessMillis,
      boolean alone) {
    this.id = id;
    this.uri = uri;
    this.clientProperties = clientProperties;
    this.ranges = List.copyOf(ranges);
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.alone = alone;
  }

  /** The same for all splits of a source. */
  String id() {
    return id;
  }

  KinesisUri uri() {
    return uri;
  }

  Map<String, String> clientProperties() {
    return clientProperties;
  }

  List<Slice.Range> ranges() {
    return ranges;
  }

  long allowedLatenessMillis() {
    return allowedLatenessMillis;
  }

  /** Whether there are no other readers of this source. */
  boolean isAlone() {
    return alone;
  }

  @Override
  public List<KinesisLiveSource> split(int desiredNumSplits, PipelineOptions options) {
    Set<String> shards = ranges.stream().map(Slice.Range::partition).collect(Collectors.toSet());
    if (desiredNumSplits <= 1 || shards.size() <= 1) {
      return List.of(this);
    }
    List<Set<String>> groups;
    try (KinesisClient client = KinesisClients.client(uri, clientProperties)) {
      groups = KinesisLineage.groups(shards, KinesisClients.shards(client, uri), desiredNumSplits);
    }
    List<KinesisLiveSource> splits = new ArrayList<>(groups.size());
    for (Set<String> group : groups) {
      splits.add(
          new KinesisLiveSource(
              id,
              uri,
              clientProperties,
              ranges.stream().filter(range -> group.contains(range.partition())).toList(),
              allowedLatenessMillis,
              groups.size() == 1));
    }
    return splits;
  }

  @Override
  public KinesisLiveReader createReader(PipelineOptions options, @Nullable KinesisMark mark) {
    return new KinesisLiveReader(this, mark);
  }

  @Override
  public Coder<KinesisMark> getCheckpointMarkCoder() {
    return KinesisMarkCoder.of();
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }
}
