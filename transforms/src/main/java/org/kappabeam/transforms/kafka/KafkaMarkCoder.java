package org.kappabeam.transforms.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Per partition: its number, the next offset, log time. */
final class KafkaMarkCoder extends CompactCoder<KafkaMark> {
  private static final KafkaMarkCoder INSTANCE = new KafkaMarkCoder();

  private KafkaMarkCoder() {}

  static KafkaMarkCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(KafkaMark mark, ByteWriter out) {
    out.writeVarLong(mark.positions().size());
    for (KafkaMark.Position position : mark.positions()) {
      out.writeVarLong(position.partition());
      out.writeVarLong(position.next());
      out.writeSignedVarLong(position.logTime());
    }
  }

  @Override
  public KafkaMark read(ByteReader in) throws IOException {
    int n = in.readVarInt();
    List<KafkaMark.Position> positions = new ArrayList<>(Math.min(n, 1024));
    for (int i = 0; i < n; i++) {
      positions.add(
          KafkaMark.Position.of(in.readVarInt(), in.readVarLong(), in.readSignedVarLong()));
    }
    return new KafkaMark(positions, null);
  }
}
