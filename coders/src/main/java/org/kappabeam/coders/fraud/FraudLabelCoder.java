package org.kappabeam.coders.fraud;

import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Transaction, terminal, transaction time, then how much later the fraud became known. */
public final class FraudLabelCoder extends CompactCoder<FraudLabel> {
  private static final FraudLabelCoder INSTANCE = new FraudLabelCoder();

  private FraudLabelCoder() {}

  public static FraudLabelCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(FraudLabel label, ByteWriter out) {
    out.writeString(label.transactionId());
    out.writeString(label.terminalId());
    out.writeSignedVarLong(label.transactionTime());
    out.writeSignedVarLong(label.eventTime() - label.transactionTime());
  }

  @Override
  public FraudLabel read(ByteReader in) throws IOException {
    String transactionId = in.readString();
    String terminalId = in.readString();
    long transactionTime = in.readSignedVarLong();
    return FraudLabel.of(
        transactionId, terminalId, transactionTime, transactionTime + in.readSignedVarLong());
  }

  @Override
  public long getEncodedElementByteSize(FraudLabel label) {
    return (long) ByteWriter.sizeOfString(label.transactionId())
        + ByteWriter.sizeOfString(label.terminalId())
        + ByteWriter.sizeOfSignedVarLong(label.transactionTime())
        + ByteWriter.sizeOfSignedVarLong(label.eventTime() - label.transactionTime());
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(FraudLabel label) {
    return true;
  }
}
