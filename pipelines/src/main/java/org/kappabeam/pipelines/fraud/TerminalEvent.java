package org.kappabeam.pipelines.fraud;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelCoder;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionCoder;

/** What happens at a terminal: a payment, or the finding that an earlier one was a fraud. */
@AutoValue
public abstract class TerminalEvent {
  public abstract String terminalId();

  /** When it happened, milliseconds since the epoch; of a finding, when the fraud became known. */
  public abstract long eventTime();

  /** The payment, or {@code null}. */
  public abstract @Nullable Spending spending();

  /** The finding, or {@code null}. */
  public abstract @Nullable FraudLabel label();

  static TerminalEvent of(Spending spending) {
    Transaction transaction = spending.transaction();
    return new AutoValue_TerminalEvent(
        transaction.terminalId(), transaction.eventTime(), spending, null);
  }

  static TerminalEvent of(FraudLabel label) {
    return new AutoValue_TerminalEvent(label.terminalId(), label.eventTime(), null, label);
  }

  /** A tag, then the label or the transaction, its sums and its evidence. */
  public static final class TerminalEventCoder extends CompactCoder<TerminalEvent> {
    private static final int LABEL = 0;
    private static final int SPENDING = 1;
    private static final int WITHDRAWN = 2;

    private static final TerminalEventCoder INSTANCE = new TerminalEventCoder();

    private TerminalEventCoder() {}

    public static TerminalEventCoder of() {
      return INSTANCE;
    }

    @Override
    public void write(TerminalEvent event, ByteWriter out) {
      Spending spending = event.spending();
      if (spending != null) {
        SpendingCoder.of().write(spending, out);
      } else {
        out.write(LABEL);
        FraudLabelCoder.of().write(event.label(), out);
      }
    }

    @Override
    public TerminalEvent read(ByteReader in) throws IOException {
      int tag = in.readByte();
      return tag == LABEL
          ? TerminalEvent.of(FraudLabelCoder.of().read(in))
          : TerminalEvent.of(SpendingCoder.read(tag, in));
    }
  }

  /** The transaction, its sums and its evidence, behind a tag that says whether it is withdrawn. */
  public static final class SpendingCoder extends CompactCoder<Spending> {
    private static final SpendingCoder INSTANCE = new SpendingCoder();

    private SpendingCoder() {}

    public static SpendingCoder of() {
      return INSTANCE;
    }

    @Override
    public void write(Spending spending, ByteWriter out) {
      out.write(spending.withdrawn() ? TerminalEventCoder.WITHDRAWN : TerminalEventCoder.SPENDING);
      TransactionCoder.of().write(spending.transaction(), out);
      out.writeVarLong(spending.evidence());
      if (!spending.withdrawn()) {
        out.writeVarLong(spending.count1d());
        out.writeVarLong(spending.count7d());
        out.writeVarLong(spending.count30d());
        out.writeSignedVarLong(spending.cents1d());
        out.writeSignedVarLong(spending.cents7d());
        out.writeSignedVarLong(spending.cents30d());
      }
    }

    @Override
    public Spending read(ByteReader in) throws IOException {
      return read(in.readByte(), in);
    }

    private static Spending read(int tag, ByteReader in) throws IOException {
      if (tag != TerminalEventCoder.SPENDING && tag != TerminalEventCoder.WITHDRAWN) {
        throw new IOException("unknown tag " + tag);
      }
      Transaction transaction = TransactionCoder.of().read(in);
      long evidence = in.readVarLong();
      return tag == TerminalEventCoder.WITHDRAWN
          ? Spending.withdrawn(transaction, evidence)
          : Spending.of(
              transaction,
              in.readVarLong(),
              in.readVarLong(),
              in.readVarLong(),
              in.readSignedVarLong(),
              in.readSignedVarLong(),
              in.readSignedVarLong(),
              evidence);
    }
  }
}
