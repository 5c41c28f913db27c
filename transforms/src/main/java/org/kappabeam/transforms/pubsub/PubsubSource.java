package org.kappabeam.transforms.pubsub;

import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;

/**
 * Reads a subscription. Our own source and not Beam's {@code PubsubIO}: batches, watermark and
 * acknowledgement are the same on every runner, and a message's id, ordering key and both times
 * reach the record.
 */
final class PubsubSource extends UnboundedSource<LogBatch, PubsubMark> {
  /** In the place of a partition whose name has not been asked for. */
  static final String UNNAMED = "";

  private final String id;
  private final PubsubUri uri;
  private final PubsubSettings settings;
  private final String partition;
  private final long untilPublishTime;
  private final long allowedLatenessMillis;

  /**
   * @param partition what the records name as their partition; {@link #UNNAMED} lets the reader ask
   * @param untilPublishTime messages published then or later are left alone, in milliseconds;
   *     {@link Slice.Range#OPEN} for a read without an end
   */
  PubsubSource(
      PubsubUri uri,
      PubsubSettings settings,
      String partition,
      long untilPublishTime,
      long allowedLatenessMillis) {
    // Tells the readers of one source from those of another; nothing more.
    this.id = UUID.randomUUID().toString();
    this.uri = uri;
    this.settings = settings;
    this.partition = partition;
    this.untilPublishTime = untilPublishTime;
    this.allowedLatenessMillis = allowedLatenessMillis;
  }

  String id() {
    return id;
  }

  PubsubUri uri() {
    return uri;
  }

  PubsubSettings settings() {
    return settings;
  }

  /**
   * What the records name as their partition.
   *
   * @throws org.kappabeam.coders.KappaException if it has to be asked for and nobody answers
   */
  String partition() {
    return partition.equals(UNNAMED) ? PubsubTopics.partition(uri, settings) : partition;
  }

  long untilPublishTime() {
    return untilPublishTime;
  }

  boolean ends() {
    return untilPublishTime != Slice.Range.OPEN;
  }

  long allowedLatenessMillis() {
    return allowedLatenessMillis;
  }

  /**
   * One reader: the service would hand any message to any of several, and none could speak for all.
   */
  @Override
  public List<PubsubSource> split(int desiredNumSplits, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public PubsubReader createReader(PipelineOptions options, @Nullable PubsubMark mark) {
    return new PubsubReader(this, mark);
  }

  @Override
  public Coder<PubsubMark> getCheckpointMarkCoder() {
    return PubsubMark.MarkCoder.of();
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }
}
