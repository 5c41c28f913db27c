package org.kappabeam.benchmarks.plainflink;

import org.kappabeam.coders.fraud.Transaction;

/**
 * A transaction with what its customer spent up to and including it. Immutable.
 *
 * @param cents1d the sum of one day, in hundredths of the currency unit, as the others
 */
record Payment(
    Transaction transaction,
    int count1d,
    int count7d,
    int count30d,
    long cents1d,
    long cents7d,
    long cents30d) {

  long time() {
    return transaction.eventTime();
  }

  String id() {
    return transaction.id();
  }
}
