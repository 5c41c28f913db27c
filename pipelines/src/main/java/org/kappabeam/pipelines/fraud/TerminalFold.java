package org.kappabeam.pipelines.fraud;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.transforms.fold.Fold;
import org.kappabeam.transforms.fold.History;
import org.kappabeam.transforms.fold.Series;

/**
 * Per terminal: how many payments, and which share of them frauds, over 1, 7 and 30 days that end
 * seven days before the transaction. A fraud counts from the moment it is known, which is those
 * seven days after it happened: so frauds are looked up by the time of their label, payments by
 * their own.
 */
public final class TerminalFold extends Fold<TerminalEvent, ScoredTransaction> {
  private static final int PAYMENTS = 0;
  private static final int LABELS = 1;

  @Override
  public Coder<TerminalEvent> eventCoder() {
    return TerminalEvent.TerminalEventCoder.of();
  }

  @Override
  public Coder<ScoredTransaction> rowCoder() {
    return ScoredTransaction.ScoredTransactionCoder.of();
  }

  @Override
  public List<Series> series() {
    return List.of(
        Series.derivedRows(
            "payments",
            Duration.ofMillis(Windows.LABEL_DELAY),
            Duration.ofMillis(Windows.LABEL_DELAY + Windows.MONTH)),
        Series.raw("labels", Duration.ZERO, Duration.ofMillis(Windows.MONTH)));
  }

  @Override
  public int seriesOf(TerminalEvent event) {
    return event.spending() == null ? LABELS : PAYMENTS;
  }

  @Override
  public String key(TerminalEvent event) {
    return event.terminalId();
  }

  @Override
  public long time(TerminalEvent event) {
    return event.eventTime();
  }

  @Override
  public String id(TerminalEvent event) {
    Spending spending = event.spending();
    if (spending == null) {
      return event.label().transactionId();
    }
    // With the customer: of two who use one id, neither may take the other's place here, or it
    // would depend on the order of arrival whether the loser's row was ever made.
    Transaction transaction = spending.transaction();
    return transaction.id() + '/' + transaction.customerId();
  }

  /** How often it counts: once, or not at all if it is withdrawn. */
  @Override
  public long measure(TerminalEvent event) {
    Spending spending = event.spending();
    return spending != null && spending.withdrawn() ? 0 : 1;
  }

  @Override
  public long evidence(TerminalEvent event) {
    return event.spending().evidence();
  }

  @Override
  public long weight(TerminalEvent event) {
    return Fold.variants(event.spending().evidence());
  }

  @Override
  public @Nullable ScoredTransaction row(TerminalEvent event, History history, long evidence) {
    Spending spending = event.spending();
    if (spending.withdrawn()) {
      return null;
    }
    return ScoredTransaction.of(
        spending,
        history.sum(PAYMENTS, Windows.DAY, Windows.LABEL_DELAY),
        history.sum(PAYMENTS, Windows.WEEK, Windows.LABEL_DELAY),
        history.sum(PAYMENTS, Windows.MONTH, Windows.LABEL_DELAY),
        history.sum(LABELS, Windows.DAY, 0),
        history.sum(LABELS, Windows.WEEK, 0),
        history.sum(LABELS, Windows.MONTH, 0),
        evidence);
  }

  @Override
  public byte[] toMessage(TerminalEvent event) {
    Spending spending = event.spending();
    return spending == null
        ? message(FraudLabelType.of(), event.label())
        : message(TransactionType.of(), spending.transaction());
  }

  private static <E> byte[] message(EventType<E> type, E event) {
    return new EventEncoder().encode(type, event, MessageFormat.JSON);
  }
}
