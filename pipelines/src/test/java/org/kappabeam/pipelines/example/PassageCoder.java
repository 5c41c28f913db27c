package org.kappabeam.pipelines.example;

import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Id, event time, garage, change. */
final class PassageCoder extends CompactCoder<Passage> {
  @Override
  public void write(Passage passage, ByteWriter out) {
    out.writeString(passage.id());
    out.writeSignedVarLong(passage.eventTime());
    out.writeString(passage.garageId());
    out.writeSignedVarLong(passage.change());
  }

  @Override
  public Passage read(ByteReader in) throws IOException {
    return Passage.of(
        in.readString(), in.readSignedVarLong(), in.readString(), in.readSignedVarLong());
  }
}
