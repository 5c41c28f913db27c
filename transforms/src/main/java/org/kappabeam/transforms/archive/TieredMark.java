package org.kappabeam.transforms.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a reader of both tiers stands: in the archive or, once that is read, in the log.
 *
 * @param <M> where a reader of the log stands
 */
final class TieredMark<M extends UnboundedSource.CheckpointMark>
    implements UnboundedSource.CheckpointMark {
  private final @Nullable ArchiveMark cold;
  private final @Nullable M hot;
  private final long watermark;

  /**
   * One of the two is {@code null}.
   *
   * @param watermark how far the watermark had come, in milliseconds
   */
  TieredMark(@Nullable ArchiveMark cold, @Nullable M hot, long watermark) {
    this.cold = cold;
    this.hot = hot;
    this.watermark = watermark;
  }

  @Nullable ArchiveMark cold() {
    return cold;
  }

  @Nullable M hot() {
    return hot;
  }

  long watermark() {
    return watermark;
  }

  @Override
  public void finalizeCheckpoint() throws IOException {
    if (hot != null) {
      hot.finalizeCheckpoint();
    }
  }

  /** Which of the two, the watermark, and the mark. */
  static final class MarkCoder<M extends UnboundedSource.CheckpointMark>
      extends StructuredCoder<TieredMark<M>> {
    private static final int COLD = 0;
    private static final int HOT = 1;
    private static final Coder<ArchiveMark> COLD_CODER = new ArchiveMark.MarkCoder();
    private static final Coder<Long> TIME_CODER = VarLongCoder.of();

    private final Coder<M> hotCoder;

    MarkCoder(Coder<M> hotCoder) {
      this.hotCoder = hotCoder;
    }

    @Override
    public void encode(TieredMark<M> mark, OutputStream out) throws IOException {
      out.write(mark.hot == null ? COLD : HOT);
      TIME_CODER.encode(mark.watermark, out);
      if (mark.hot != null) {
        hotCoder.encode(mark.hot, out);
      } else {
        COLD_CODER.encode(mark.cold, out);
      }
    }

    @Override
    public TieredMark<M> decode(InputStream in) throws IOException {
      int which = in.read();
      long watermark = TIME_CODER.decode(in);
      return switch (which) {
        case COLD -> new TieredMark<>(COLD_CODER.decode(in), null, watermark);
        case HOT -> new TieredMark<>(null, hotCoder.decode(in), watermark);
        default -> throw new IOException("a mark of kind " + which);
      };
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(hotCoder);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      hotCoder.verifyDeterministic();
    }
  }
}
