package org.kappabeam.transforms.kinesis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.KappaException;

/** Per shard: its name, the place to read on, whether it is finished, log time, time seen. */
final class KinesisMarkCoder extends CompactCoder<KinesisMark> {
  private static final KinesisMarkCoder INSTANCE = new KinesisMarkCoder();

  private KinesisMarkCoder() {}

  static KinesisMarkCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(KinesisMark mark, ByteWriter out) {
    out.writeVarLong(mark.positions().size());
    for (KinesisMark.Position position : mark.positions()) {
      out.writeString(position.shard());
      out.writeString(position.next().toString());
      out.writeVarLong(position.finished() ? 1 : 0);
      out.writeSignedVarLong(position.logTime());
      out.writeSignedVarLong(position.seen());
    }
  }

  @Override
  public KinesisMark read(ByteReader in) throws IOException {
    int n = in.readVarInt();
    List<KinesisMark.Position> positions = new ArrayList<>(Math.min(n, 1024));
    for (int i = 0; i < n; i++) {
      positions.add(
          KinesisMark.Position.of(
              in.readString(),
              bound(in.readString()),
              in.readVarLong() == 1,
              in.readSignedVarLong(),
              in.readSignedVarLong()));
    }
    return KinesisMark.of(positions);
  }

  private static KinesisBound bound(String text) throws IOException {
    try {
      return KinesisBound.parse(text);
    } catch (KappaException e) {
      throw new IOException("a mark of a Kinesis reader is damaged", e);
    }
  }
}
