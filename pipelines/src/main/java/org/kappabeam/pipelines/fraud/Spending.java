package org.kappabeam.pipelines.fraud;

import com.google.auto.value.AutoValue;
import org.kappabeam.coders.fraud.Transaction;

/**
 * A transaction with what its customer spent up to and including it, over the last 1, 7 and 30
 * days: the row of {@link CustomerFold}.
 */
@AutoValue
public abstract class Spending {
  public abstract Transaction transaction();

  public abstract long count1d();

  public abstract long count7d();

  public abstract long count30d();

  /** Hundredths of the currency unit, as all sums here. */
  public abstract long cents1d();

  public abstract long cents7d();

  public abstract long cents30d();

  public abstract long evidence();

  /** Whether the transaction lost against another with its id and must not count any more. */
  public abstract boolean withdrawn();

  static Spending of(
      Transaction transaction,
      long count1d,
      long count7d,
      long count30d,
      long cents1d,
      long cents7d,
      long cents30d,
      long evidence) {
    return new AutoValue_Spending(
        transaction, count1d, count7d, count30d, cents1d, cents7d, cents30d, evidence, false);
  }

  static Spending withdrawn(Transaction transaction, long evidence) {
    return new AutoValue_Spending(transaction, 0, 0, 0, 0, 0, 0, evidence, true);
  }
}
