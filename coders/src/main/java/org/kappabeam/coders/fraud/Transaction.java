package org.kappabeam.coders.fraud;

import com.google.auto.value.AutoValue;

/** One card payment at a terminal. */
@AutoValue
public abstract class Transaction {
  public abstract String id();

  /** When the card was charged, milliseconds since the epoch. */
  public abstract long eventTime();

  public abstract String customerId();

  public abstract String terminalId();

  /** Hundredths of the currency unit. */
  public abstract long amountCents();

  /** What the merchant sells, a code of ISO 18245; 0 if it is not known. */
  public abstract long merchantCategory();

  /** A transaction with a merchant of unknown category. */
  public static Transaction of(
      String id, long eventTime, String customerId, String terminalId, long amountCents) {
    return of(id, eventTime, customerId, terminalId, amountCents, 0);
  }

  public static Transaction of(
      String id,
      long eventTime,
      String customerId,
      String terminalId,
      long amountCents,
      long merchantCategory) {
    return new AutoValue_Transaction(
        id, eventTime, customerId, terminalId, amountCents, merchantCategory);
  }
}
