package org.kappabeam.coders.fraud;

import com.google.auto.value.AutoValue;

/**
 * The finding that a transaction was a fraud. Its event id is the transaction's id; its event time
 * is when the fraud became known, {@link #DELAY_MILLIS} after the transaction in the data sets.
 */
@AutoValue
public abstract class FraudLabel {
  /** How long after a transaction the data sets know whether it was a fraud: seven days. */
  public static final long DELAY_MILLIS = 7L * 24 * 60 * 60 * 1000;

  public abstract String transactionId();

  public abstract String terminalId();

  /** When the transaction happened, milliseconds since the epoch. */
  public abstract long transactionTime();

  /** When the fraud became known, milliseconds since the epoch. */
  public abstract long eventTime();

  public static FraudLabel of(
      String transactionId, String terminalId, long transactionTime, long eventTime) {
    return new AutoValue_FraudLabel(transactionId, terminalId, transactionTime, eventTime);
  }

  /** The label of a fraudulent transaction, known {@link #DELAY_MILLIS} after it. */
  public static FraudLabel after(Transaction fraud) {
    return of(fraud.id(), fraud.terminalId(), fraud.eventTime(), fraud.eventTime() + DELAY_MILLIS);
  }
}
