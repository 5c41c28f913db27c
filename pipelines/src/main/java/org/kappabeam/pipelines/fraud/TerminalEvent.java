package org.kappabeam.pipelines.fraud;

import com.google.auto.value.AutoOneOf;
import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelCoder;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionCoder;

/** What happens at a terminal: a payment, or the finding that an earlier one was a fraud. */
@AutoOneOf(TerminalEvent.Kind.class)
public abstract class TerminalEvent {
  /** Which of the two. */
  public enum Kind {
    SPENDING,
    LABEL
  }

  public abstract Kind kind();

  public abstract Spending spending();

  public abstract FraudLabel label();

  static TerminalEvent of(Spending spending) {
    return AutoOneOf_TerminalEvent.spending(spending);
  }

  static TerminalEvent of(FraudLabel label) {
    return AutoOneOf_TerminalEvent.label(label);
  }

  final String terminalId() {
    return kind() == Kind.LABEL ? label().terminalId() : spending().transaction().terminalId();
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
      if (event.kind() == Kind.LABEL) {
        out.write(LABEL);
        FraudLabelCoder.of().write(event.label(), out);
      } else {
        SpendingCoder.of().write(event.spending(), out);
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
