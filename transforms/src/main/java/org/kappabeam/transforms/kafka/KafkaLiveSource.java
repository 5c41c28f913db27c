package org.kappabeam.transforms.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;

/**
 * Reads on as a topic grows. Partition p belongs to split p mod n, which also holds for partitions
 * that do not exist yet.
 */
final class KafkaLiveSource extends UnboundedSource<LogBatch, KafkaMark> {
  private final String id;
  private final KafkaUri uri;
  private final Map<String, String> clientProperties;
  private final Slice slice;
  private final long allowedLatenessMillis;
  private final int split;
  private final int splits;

  KafkaLiveSource(
      KafkaUri uri, Map<String, String> clientProperties, Slice slice, long allowedLatenessMillis) {
    // Tells the readers of one source from those of another over the same topic; nothing more.
    this(UUID.randomUUID().toString(), uri, clientProperties, slice, allowedLatenessMillis, 0, 1);
  }

  private KafkaLiveSource(
      String id,
      KafkaUri uri,
      Map<String, String> clientProperties,
      Slice slice,
      long allowedLatenessMillis,
      int split,
      int splits) {
    this.id = id;
    this.uri = uri;
    this.clientProperties = clientProperties;
    this.slice = slice;
    this.allowedLatenessMillis = allowedLatenessMillis;
    this.split = split;
    this.splits = splits;
  }

  /** The same for all splits of a source. */
  String id() {
    return id;
  }

  KafkaUri uri() {
    return uri;
  }

  Map<String, String> clientProperties() {
    return clientProperties;
  }

  long allowedLatenessMillis() {
    return allowedLatenessMillis;
  }

  Slice slice() {
    return slice;
  }

  /** Whether this split reads the partition, now or once it exists. */
  boolean owns(int partition) {
    return partition % splits == split;
  }

  @Override
  public List<KafkaLiveSource> split(int desiredNumSplits, PipelineOptions options) {
    int n = Math.max(1, Math.min(desiredNumSplits, slice.ranges().size()));
    List<KafkaLiveSource> all = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      all.add(new KafkaLiveSource(id, uri, clientProperties, slice, allowedLatenessMillis, i, n));
    }
    return all;
  }

  @Override
  public KafkaLiveReader createReader(PipelineOptions options, @Nullable KafkaMark mark) {
    return new KafkaLiveReader(this, mark);
  }

  @Override
  public Coder<KafkaMark> getCheckpointMarkCoder() {
    return KafkaMarkCoder.of();
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }
}
