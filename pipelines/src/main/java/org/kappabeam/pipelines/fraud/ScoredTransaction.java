package org.kappabeam.pipelines.fraud;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * A transaction with all its features: the row of {@link TerminalFold} and of the view {@code
 * scored_transactions}. Counts are kept, shares and means derived: division comes last.
 */
@AutoValue
public abstract class ScoredTransaction {
  private static final int LAST_NIGHT_HOUR = 6;
  private static final long HOUR_MILLIS = 60L * 60 * 1000;

  public abstract Spending spending();

  /** Payments at the terminal in the 1, 7, 30 days that ended seven days before. */
  public abstract long terminalCount1d();

  public abstract long terminalCount7d();

  public abstract long terminalCount30d();

  /** How many of them were frauds, as known at the time of this transaction. */
  public abstract long terminalFrauds1d();

  public abstract long terminalFrauds7d();

  public abstract long terminalFrauds30d();

  public abstract long evidence();

  static ScoredTransaction of(
      Spending spending,
      long terminalCount1d,
      long terminalCount7d,
      long terminalCount30d,
      long terminalFrauds1d,
      long terminalFrauds7d,
      long terminalFrauds30d,
      long evidence) {
    return new AutoValue_ScoredTransaction(
        spending,
        terminalCount1d,
        terminalCount7d,
        terminalCount30d,
        terminalFrauds1d,
        terminalFrauds7d,
        terminalFrauds30d,
        evidence);
  }

  /** Saturday or Sunday, in UTC. */
  public final boolean duringWeekend() {
    long days = Math.floorDiv(spending().transaction().eventTime(), Windows.DAY);
    // 1970-01-01 was a Thursday, so Monday is 0.
    return Math.floorMod(days + 3, 7) >= 5;
  }

  /** Hours 0 to 6, in UTC. */
  public final boolean duringNight() {
    long time = Math.floorMod(spending().transaction().eventTime(), Windows.DAY);
    return time / HOUR_MILLIS <= LAST_NIGHT_HOUR;
  }

  /** The mean amount in currency units. */
  static double mean(long cents, long count) {
    return cents / (100.0 * count);
  }

  /** The share of frauds; 0 where there was no payment. */
  static double risk(long frauds, long count) {
    return count == 0 ? 0 : frauds / (double) count;
  }

  /** The spending, then counts, frauds and evidence. */
  public static final class ScoredTransactionCoder extends CompactCoder<ScoredTransaction> {
    private static final ScoredTransactionCoder INSTANCE = new ScoredTransactionCoder();

    private ScoredTransactionCoder() {}

    public static ScoredTransactionCoder of() {
      return INSTANCE;
    }

    @Override
    public void write(ScoredTransaction row, ByteWriter out) {
      TerminalEvent.SpendingCoder.of().write(row.spending(), out);
      out.writeVarLong(row.terminalCount1d());
      out.writeVarLong(row.terminalCount7d());
      out.writeVarLong(row.terminalCount30d());
      out.writeVarLong(row.terminalFrauds1d());
      out.writeVarLong(row.terminalFrauds7d());
      out.writeVarLong(row.terminalFrauds30d());
      out.writeVarLong(row.evidence());
    }

    @Override
    public ScoredTransaction read(ByteReader in) throws IOException {
      return ScoredTransaction.of(
          TerminalEvent.SpendingCoder.of().read(in),
          in.readVarLong(),
          in.readVarLong(),
          in.readVarLong(),
          in.readVarLong(),
          in.readVarLong(),
          in.readVarLong(),
          in.readVarLong());
    }
  }
}
