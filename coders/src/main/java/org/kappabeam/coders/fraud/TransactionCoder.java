package org.kappabeam.coders.fraud;

import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Id, event time, customer, terminal, amount, merchant category. */
public final class TransactionCoder extends CompactCoder<Transaction> {
  private static final TransactionCoder INSTANCE = new TransactionCoder();

  private TransactionCoder() {}

  public static TransactionCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(Transaction transaction, ByteWriter out) {
    out.writeString(transaction.id());
    out.writeSignedVarLong(transaction.eventTime());
    out.writeString(transaction.customerId());
    out.writeString(transaction.terminalId());
    out.writeSignedVarLong(transaction.amountCents());
    out.writeSignedVarLong(transaction.merchantCategory());
  }

  @Override
  public Transaction read(ByteReader in) throws IOException {
    return Transaction.of(
        in.readString(),
        in.readSignedVarLong(),
        in.readString(),
        in.readString(),
        in.readSignedVarLong(),
        in.readSignedVarLong());
  }

  @Override
  public long getEncodedElementByteSize(Transaction transaction) {
    return (long) ByteWriter.sizeOfString(transaction.id())
        + ByteWriter.sizeOfSignedVarLong(transaction.eventTime())
        + ByteWriter.sizeOfString(transaction.customerId())
        + ByteWriter.sizeOfString(transaction.terminalId())
        + ByteWriter.sizeOfSignedVarLong(transaction.amountCents())
        + ByteWriter.sizeOfSignedVarLong(transaction.merchantCategory());
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(Transaction transaction) {
    return true;
  }
}
