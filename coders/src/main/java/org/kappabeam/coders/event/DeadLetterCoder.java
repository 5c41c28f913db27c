package org.kappabeam.coders.event;

import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.log.LogRecordCoder;

/** Reason by name, detail, record. */
public final class DeadLetterCoder extends CompactCoder<DeadLetter> {
  private static final DeadLetterCoder INSTANCE = new DeadLetterCoder();

  private DeadLetterCoder() {}

  public static DeadLetterCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(DeadLetter letter, ByteWriter out) {
    out.writeString(letter.reason().name());
    out.writeString(letter.detail());
    LogRecordCoder.of().write(letter.record(), out);
  }

  @Override
  public DeadLetter read(ByteReader in) throws IOException {
    String reason = in.readString();
    String detail = in.readString();
    try {
      return DeadLetter.of(DeadLetterReason.valueOf(reason), detail, LogRecordCoder.of().read(in));
    } catch (IllegalArgumentException e) {
      throw new IOException("unknown dead-letter reason " + reason, e);
    }
  }

  @Override
  public long getEncodedElementByteSize(DeadLetter letter) {
    return ByteWriter.sizeOfString(letter.reason().name())
        + ByteWriter.sizeOfString(letter.detail())
        + LogRecordCoder.of().getEncodedElementByteSize(letter.record());
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(DeadLetter letter) {
    return true;
  }
}
