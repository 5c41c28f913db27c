package org.kappabeam.transforms.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;

/**
 * Reads the archive, and when that is read, the log. A source of its own and not two that are
 * flattened: beside a bounded one the watermark would stand still until all of the archive is read,
 * with all its history kept in state, and the newest records would come before the old ones.
 *
 * @param <M> where a reader of the log stands
 */
final class TieredLiveSource<M extends UnboundedSource.CheckpointMark>
    extends UnboundedSource<LogBatch, TieredMark<M>> {
  private final ArchiveLiveSource cold;
  private final UnboundedSource<LogBatch, M> hot;
  private final long ceiling;

  /**
   * @param ceiling the watermark, in milliseconds, that the archive must not exceed
   */
  TieredLiveSource(ArchiveLiveSource cold, UnboundedSource<LogBatch, M> hot, long ceiling) {
    this.cold = cold;
    this.hot = hot;
    this.ceiling = ceiling;
  }

  @Override
  public List<TieredLiveSource<M>> split(int desiredNumSplits, PipelineOptions options)
      throws Exception {
    List<? extends UnboundedSource<LogBatch, M>> hots = hot.split(desiredNumSplits, options);
    List<ArchiveLiveSource> colds = cold.split(hots.size());
    List<TieredLiveSource<M>> splits = new ArrayList<>(hots.size());
    for (int i = 0; i < hots.size(); i++) {
      splits.add(new TieredLiveSource<>(colds.get(i), hots.get(i), ceiling));
    }
    return splits;
  }

  @Override
  public UnboundedReader<LogBatch> createReader(
      PipelineOptions options, @Nullable TieredMark<M> mark) throws IOException {
    return new Reader<>(this, options, mark);
  }

  @Override
  public Coder<TieredMark<M>> getCheckpointMarkCoder() {
    return new TieredMark.MarkCoder<>(hot.getCheckpointMarkCoder());
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }

  private static final class Reader<M extends UnboundedSource.CheckpointMark>
      extends UnboundedReader<LogBatch> {
    private final TieredLiveSource<M> source;
    private final PipelineOptions options;
    private long watermark;
    private boolean inHot;

    /** Asked for its backlog by other threads. */
    private volatile UnboundedReader<LogBatch> reader;

    Reader(TieredLiveSource<M> source, PipelineOptions options, @Nullable TieredMark<M> mark)
        throws IOException {
      this.source = source;
      this.options = options;
      this.watermark =
          mark == null ? BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis() : mark.watermark();
      this.inHot = mark != null && mark.hot() != null;
      this.reader =
          mark != null && mark.hot() != null
              ? source.hot.createReader(options, mark.hot())
              : source.cold.createReader(options, mark == null ? null : mark.cold());
    }

    @Override
    public boolean start() throws IOException {
      return reader.start() || goOn();
    }

    @Override
    public boolean advance() throws IOException {
      return reader.advance() || goOn();
    }

    /** From the end of the archive to the log. */
    private boolean goOn() throws IOException {
      if (inHot) {
        return false;
      }
      reader.close();
      reader = source.hot.createReader(options, null);
      inHot = true;
      return reader.start();
    }

    @Override
    public Instant getWatermark() {
      long time = reader.getWatermark().getMillis();
      watermark = Math.max(watermark, inHot ? time : Math.min(time, source.ceiling));
      return Instant.ofEpochMilli(watermark);
    }

    @Override
    public TieredMark<M> getCheckpointMark() {
      long reached = getWatermark().getMillis();
      CheckpointMark mark = reader.getCheckpointMark();
      if (!inHot) {
        return new TieredMark<>((ArchiveMark) mark, null, reached);
      }
      @SuppressWarnings("unchecked") // what its own source says it is
      M own = (M) mark;
      return new TieredMark<>(null, own, reached);
    }

    @Override
    public LogBatch getCurrent() {
      return reader.getCurrent();
    }

    @Override
    public Instant getCurrentTimestamp() {
      return reader.getCurrentTimestamp();
    }

    @Override
    public long getSplitBacklogBytes() {
      return reader.getSplitBacklogBytes();
    }

    @Override
    public TieredLiveSource<M> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
