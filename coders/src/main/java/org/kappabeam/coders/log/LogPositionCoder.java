package org.kappabeam.coders.log;

import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Partition, then offset. */
public final class LogPositionCoder extends CompactCoder<LogPosition> {
  private static final LogPositionCoder INSTANCE = new LogPositionCoder();

  private LogPositionCoder() {}

  public static LogPositionCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(LogPosition position, ByteWriter out) {
    out.writeString(position.partition());
    out.writeSignedVarLong(position.offset());
  }

  @Override
  public LogPosition read(ByteReader in) throws IOException {
    return LogPosition.of(in.readString(), in.readSignedVarLong());
  }

  @Override
  public long getEncodedElementByteSize(LogPosition position) {
    return ByteWriter.sizeOfString(position.partition())
        + (long) ByteWriter.sizeOfSignedVarLong(position.offset());
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(LogPosition position) {
    return true;
  }
}
