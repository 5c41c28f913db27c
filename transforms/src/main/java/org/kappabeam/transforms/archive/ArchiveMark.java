package org.kappabeam.transforms.archive;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import org.apache.beam.sdk.io.UnboundedSource;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Where a live reader stands: in which of its pieces, and at which offset. */
@AutoValue
abstract class ArchiveMark implements UnboundedSource.CheckpointMark {
  abstract int piece();

  /** The lowest offset that is not yet emitted; 0 before the piece's first record. */
  abstract long next();

  static ArchiveMark of(int piece, long next) {
    return new AutoValue_ArchiveMark(piece, next);
  }

  /** Files need not be told. */
  @Override
  public void finalizeCheckpoint() {}

  /** Both numbers. */
  static final class MarkCoder extends CompactCoder<ArchiveMark> {
    @Override
    public void write(ArchiveMark mark, ByteWriter out) {
      out.writeVarLong(mark.piece());
      out.writeVarLong(mark.next());
    }

    @Override
    public ArchiveMark read(ByteReader in) throws IOException {
      return ArchiveMark.of(in.readVarInt(), in.readVarLong());
    }
  }
}
