package org.kappabeam.pipelines.fraud;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.kappabeam.coders.CompactCoder;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelCoder;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionCoder;
import org.kappabeam.coders.view.ViewRow;

/**
 * The pilot's views by definition: for each transaction a loop over all others. It shares the event
 * types with the pilot, and nothing else.
 */
final class FraudModel {
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  /** Rows made from more contradicting variants outweigh all made from fewer. */
  private static final long PER_VARIANT = 1L << 40;

  /** A transaction as it counts, and the terminals its contradicting variants named. */
  private record Payment(Transaction transaction, int variants, Set<String> elsewhere) {}

  private record Finding(FraudLabel label, int variants) {}

  private final List<Payment> payments = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /** The views over these events, in any order, however often each occurs. */
  FraudModel(Collection<Transaction> transactions, Collection<FraudLabel> labels) {
    for (List<Transaction> variants :
        variants(
            transactions,
            TransactionCoder.of(),
            t -> List.of(t.customerId(), t.eventTime(), t.id()))) {
      Transaction winner = variants.get(0);
      Set<String> elsewhere = new HashSet<>();
      variants.forEach(variant -> elsewhere.add(variant.terminalId()));
      elsewhere.remove(winner.terminalId());
      payments.add(new Payment(winner, variants.size(), elsewhere));
    }
    for (List<FraudLabel> variants :
        variants(
            labels,
            FraudLabelCoder.of(),
            l -> List.of(l.terminalId(), l.eventTime(), l.transactionId()))) {
      findings.add(new Finding(variants.get(0), variants.size()));
    }
  }

  /** The distinct events of each identity, smallest bytes first. */
  private static <E> Collection<List<E>> variants(
      Collection<E> events, CompactCoder<E> coder, Function<E, List<Object>> identity) {
    Map<List<Object>, TreeSet<E>> byIdentity = new HashMap<>();
    for (E event : events) {
      byIdentity
          .computeIfAbsent(
              identity.apply(event),
              unused ->
                  new TreeSet<>(
                      (a, b) -> Arrays.compareUnsigned(coder.toBytes(a), coder.toBytes(b))))
          .add(event);
    }
    return byIdentity.values().stream().map(set -> List.copyOf(set)).toList();
  }

  /** How many records become part of the views: one per identity. */
  long folded() {
    return (long) payments.size() + findings.size();
  }

  /** How many are refused: all other variants. */
  long conflicts() {
    return payments.stream().mapToLong(p -> p.variants() - 1L).sum()
        + findings.stream().mapToLong(f -> f.variants() - 1L).sum();
  }

  /** The view {@code scored_transactions}. */
  Map<String, ViewRow> scored() {
    Map<String, ViewRow> rows = new TreeMap<>();
    for (Payment p : payments) {
      Transaction t = p.transaction();
      long day = Math.floorDiv(t.eventTime(), DAY);
      List<Object> values = new ArrayList<>();
      values.add(t.eventTime() * 1000);
      values.add(t.customerId());
      values.add(t.terminalId());
      values.add(t.amountCents());
      // 1 January 1970 was a Thursday.
      values.add(Math.floorMod(day + 3, 7) >= 5);
      values.add(Math.floorMod(t.eventTime(), DAY) / HOUR <= 6);
      for (int days : new int[] {1, 7, 30}) {
        long count = spent(t, days, other -> 1);
        values.add(count);
        values.add(spent(t, days, Transaction::amountCents) / (100.0 * count));
      }
      for (int days : new int[] {1, 7, 30}) {
        long count = paid(t, days);
        values.add(count);
        values.add(count == 0 ? 0.0 : frauds(t, days) / (double) count);
      }
      rows.put(t.id(), ViewRow.of(t.id(), evidence(p), values.toArray()));
    }
    return rows;
  }

  /** Every alert that the events support: {@code value} and evidence by key. */
  Map<String, List<Object>> alerts() {
    Map<String, List<Object>> alerts = new TreeMap<>();
    for (Payment p : payments) {
      Transaction t = p.transaction();
      double amount = t.amountCents() / 100.0;
      if (t.amountCents() > 220_00) {
        alerts.put(t.id() + "/LARGE_AMOUNT", List.of(evidence(p), amount));
      }
      long frauds = frauds(t, 7);
      long paid = paid(t, 7);
      if (frauds >= 2 && 2 * frauds >= paid) {
        double share = paid == 0 ? 0 : frauds / (double) paid;
        alerts.put(t.id() + "/COMPROMISED_TERMINAL", List.of(evidence(p), share));
      }
      long count = spent(t, 30, other -> 1);
      long cents = spent(t, 30, Transaction::amountCents);
      if (t.amountCents() >= 100_00 && count >= 10 && t.amountCents() * count > 4 * cents) {
        double times = amount / (cents / (100.0 * count));
        alerts.put(t.id() + "/SPENDING_SPIKE", List.of(evidence(p), times));
      }
    }
    return alerts;
  }

  /** Over the customer's payments in the days that end with this one. */
  private long spent(Transaction t, int days, ToLongFunction<Transaction> measure) {
    return payments.stream()
        .map(Payment::transaction)
        .filter(other -> isBeforeOrSame(other, t) && age(t, other) < days * DAY)
        .mapToLong(measure)
        .sum();
  }

  /** Payments at the terminal in the days that end a week before this one. */
  private long paid(Transaction t, int days) {
    return payments.stream()
        .map(Payment::transaction)
        .filter(other -> other.terminalId().equals(t.terminalId()))
        .filter(other -> age(t, other) >= 7 * DAY && age(t, other) < (7 + days) * DAY)
        .count();
  }

  /** Frauds at the terminal that became known in the days before this payment. */
  private long frauds(Transaction t, int days) {
    return findings.stream()
        .map(Finding::label)
        .filter(label -> label.terminalId().equals(t.terminalId()))
        .mapToLong(label -> t.eventTime() - label.eventTime())
        .filter(age -> age >= 0 && age < days * DAY)
        .count();
  }

  /** How many distinct events the row of a payment depends on. */
  private long evidence(Payment p) {
    Transaction t = p.transaction();
    long evidence = 1 + (p.variants() - 1) * PER_VARIANT;
    for (Payment other : payments) {
      Transaction o = other.transaction();
      if (!other.equals(p) && isBeforeOrSame(o, t) && age(t, o) < 30 * DAY) {
        evidence += other.variants();
      }
      boolean here =
          o.terminalId().equals(t.terminalId()) || other.elsewhere().contains(t.terminalId());
      if (here && age(t, o) >= 7 * DAY && age(t, o) < 37 * DAY) {
        evidence += other.variants();
      }
    }
    for (Finding finding : findings) {
      long age = t.eventTime() - finding.label().eventTime();
      if (finding.label().terminalId().equals(t.terminalId()) && age >= 0 && age < 30 * DAY) {
        evidence += finding.variants();
      }
    }
    return evidence;
  }

  private static boolean isBeforeOrSame(Transaction other, Transaction t) {
    return other.customerId().equals(t.customerId())
        && (other.eventTime() < t.eventTime()
            || (other.eventTime() == t.eventTime() && other.id().compareTo(t.id()) <= 0));
  }

  private static long age(Transaction t, Transaction other) {
    return t.eventTime() - other.eventTime();
  }
}
