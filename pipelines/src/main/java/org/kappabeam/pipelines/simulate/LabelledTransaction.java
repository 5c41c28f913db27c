package org.kappabeam.pipelines.simulate;

import com.google.auto.value.AutoValue;
import org.kappabeam.coders.fraud.Transaction;

/** A transaction and the truth about it. */
@AutoValue
public abstract class LabelledTransaction {
  public abstract Transaction transaction();

  /**
   * 0 if genuine; else the kind of fraud: 1 large amount, 2 compromised terminal, 3 compromised
   * customer.
   */
  public abstract int scenario();

  public final boolean fraud() {
    return scenario() != 0;
  }

  public static LabelledTransaction of(Transaction transaction, int scenario) {
    if (scenario < 0 || scenario > 3) {
      throw new IllegalArgumentException("no fraud scenario " + scenario);
    }
    return new AutoValue_LabelledTransaction(transaction, scenario);
  }
}
