package org.kappabeam.pipelines.fraud;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.transforms.fold.EventFold;
import org.kappabeam.transforms.fold.History;
import org.kappabeam.transforms.fold.Series;

/** Per customer: how often and how much in the last 1, 7 and 30 days, this transaction included. */
public final class CustomerFold extends EventFold<Transaction, Spending> {
  private static final int TRANSACTIONS = 0;

  public CustomerFold() {
    super(TransactionType.of());
  }

  @Override
  public Coder<Spending> rowCoder() {
    return TerminalEvent.SpendingCoder.of();
  }

  @Override
  public List<Series> series() {
    return List.of(Series.rawRows("transactions", Duration.ZERO, Duration.ofMillis(Windows.MONTH)));
  }

  @Override
  public String key(Transaction transaction) {
    return transaction.customerId();
  }

  @Override
  public long measure(Transaction transaction) {
    return transaction.amountCents();
  }

  @Override
  public Spending row(Transaction transaction, History history, long evidence) {
    return Spending.of(
        transaction,
        history.count(TRANSACTIONS, Windows.DAY, 0),
        history.count(TRANSACTIONS, Windows.WEEK, 0),
        history.count(TRANSACTIONS, Windows.MONTH, 0),
        history.sum(TRANSACTIONS, Windows.DAY, 0),
        history.sum(TRANSACTIONS, Windows.WEEK, 0),
        history.sum(TRANSACTIONS, Windows.MONTH, 0),
        evidence);
  }

  @Override
  public @Nullable Spending withdrawn(Transaction loser, Transaction winner, long evidence) {
    // At the same terminal, the winner's row takes the loser's place anyway.
    return loser.terminalId().equals(winner.terminalId())
        ? null
        : Spending.withdrawn(loser, evidence);
  }
}
