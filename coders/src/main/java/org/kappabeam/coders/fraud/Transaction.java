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

  public static Transaction of(
      String id, long eventTime, String customerId, String terminalId, long amountCents) {
    return new AutoValue_Transaction(id, eventTime, customerId, terminalId, amountCents);
  }
}
