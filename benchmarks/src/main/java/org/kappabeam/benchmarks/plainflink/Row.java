package org.kappabeam.benchmarks.plainflink;

import org.kappabeam.benchmarks.RowHash;

/** A row of the view: the transaction, its fifteen features, and how much it stands on. */
record Row(
    String id,
    long evidence,
    long timeMicros,
    String customer,
    String terminal,
    long cents,
    boolean weekend,
    boolean night,
    long customerCount1d,
    double customerMean1d,
    long customerCount7d,
    double customerMean7d,
    long customerCount30d,
    double customerMean30d,
    long terminalCount1d,
    double terminalRisk1d,
    long terminalCount7d,
    double terminalRisk7d,
    long terminalCount30d,
    double terminalRisk30d) {

  long hash() {
    long hash = RowHash.add(0, timeMicros);
    hash = RowHash.add(hash, customer);
    hash = RowHash.add(hash, terminal);
    hash = RowHash.add(hash, cents);
    hash = RowHash.add(hash, weekend);
    hash = RowHash.add(hash, night);
    hash = RowHash.add(hash, customerCount1d);
    hash = RowHash.add(hash, customerMean1d);
    hash = RowHash.add(hash, customerCount7d);
    hash = RowHash.add(hash, customerMean7d);
    hash = RowHash.add(hash, customerCount30d);
    hash = RowHash.add(hash, customerMean30d);
    hash = RowHash.add(hash, terminalCount1d);
    hash = RowHash.add(hash, terminalRisk1d);
    hash = RowHash.add(hash, terminalCount7d);
    hash = RowHash.add(hash, terminalRisk7d);
    hash = RowHash.add(hash, terminalCount30d);
    return RowHash.add(hash, terminalRisk30d);
  }
}
