package org.kappabeam.pipelines.simulate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionCoder;
import org.kappabeam.coders.fraud.TransactionType;

class FraudSimulatorTest {
  private static final long DAY = 86_400_000L;
  private static final FraudSimulator.Options HANDBOOK =
      FraudSimulator.Options.of(7, 45, 2500, 5000);
  private static final List<LabelledTransaction> SIMULATED = all(HANDBOOK);

  private static List<LabelledTransaction> all(FraudSimulator.Options options) {
    List<LabelledTransaction> all = new ArrayList<>();
    new FraudSimulator(options).forEach(all::add);
    return all;
  }

  private static String hash(List<LabelledTransaction> all) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (LabelledTransaction t : all) {
      digest.update(TransactionCoder.of().toBytes(t.transaction()));
      digest.update((byte) t.scenario());
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
  }

  private static long day(LabelledTransaction t) {
    return (t.transaction().eventTime() - HANDBOOK.start().toEpochMilli()) / DAY;
  }

  @Test
  void aSeedGivesTheSameBytesOnEveryMachine() throws NoSuchAlgorithmException {
    assertThat(
        hash(all(FraudSimulator.Options.of(1, 7, 300, 600))),
        is("4c42450722913e98c58cb473bfb98c06"));
  }

  @Test
  void anotherSeedGivesOtherTransactions() throws NoSuchAlgorithmException {
    assertThat(
        hash(all(FraudSimulator.Options.of(2, 7, 300, 600))),
        is(not(hash(all(FraudSimulator.Options.of(3, 7, 300, 600))))));
  }

  @Test
  void aLongerSimulationStartsAsTheShorterOne() {
    List<LabelledTransaction> week = all(FraudSimulator.Options.of(1, 7, 100, 200));
    List<LabelledTransaction> month = all(FraudSimulator.Options.of(1, 30, 100, 200));
    assertThat(month.subList(0, week.size()), is(week));
    assertThat(month.size(), greaterThan(3 * week.size()));
  }

  @Test
  void transactionsComeInTheOrderOfTimeThenId() {
    Transaction last = SIMULATED.get(0).transaction();
    for (LabelledTransaction t : SIMULATED.subList(1, SIMULATED.size())) {
      Transaction next = t.transaction();
      assertThat(next.eventTime(), is(greaterThanOrEqualTo(last.eventTime())));
      assertThat(next.id(), is(greaterThan(last.id())));
      last = next;
    }
  }

  @Test
  void everyTransactionKeepsTheRulesAndTheDays() {
    for (LabelledTransaction t : SIMULATED) {
      TransactionType.of()
          .rules()
          .forEach(rule -> assertThat(rule.id(), rule.holds(t.transaction()), is(true)));
      assertThat(day(t), is(allOf(greaterThanOrEqualTo(0L), lessThan(45L))));
    }
  }

  @Test
  void customersSpendAsTheHandbookSays() {
    assertThat(SIMULATED.size() / (2500.0 * 45), is(closeTo(1.93, 0.1)));
    double noon = 0;
    double mean = 0;
    for (LabelledTransaction t : SIMULATED) {
      noon += t.transaction().eventTime() % DAY / (double) SIMULATED.size();
      mean += t.transaction().amountCents() / (double) SIMULATED.size();
    }
    assertThat(noon / 3_600_000, is(closeTo(12, 0.1)));
    assertThat(mean, is(closeTo(5400, 400)));
    long terminals = SIMULATED.stream().map(t -> t.transaction().terminalId()).distinct().count();
    assertThat(terminals, is(greaterThan(4900L)));
  }

  @Test
  void aCustomerStaysInTheNeighbourhood() {
    Map<String, Set<String>> visited = new HashMap<>();
    for (LabelledTransaction t : SIMULATED) {
      visited
          .computeIfAbsent(t.transaction().customerId(), c -> new HashSet<>())
          .add(t.transaction().terminalId());
    }
    // 5000 terminals on 100 x 100: about 39 within a radius of 5.
    assertThat(visited.values().stream().mapToInt(Set::size).max().orElseThrow(), is(lessThan(75)));
  }

  @Test
  void theShareOfFraudIsPlausible() {
    long frauds = SIMULATED.stream().filter(LabelledTransaction::fraud).count();
    double share = frauds / (double) SIMULATED.size();
    assertThat(share, is(allOf(greaterThan(0.003), lessThan(0.03))));
    Map<Integer, Long> kinds =
        SIMULATED.stream()
            .collect(
                Collectors.groupingBy(
                    LabelledTransaction::scenario, TreeMap::new, Collectors.counting()));
    assertThat(kinds.keySet(), is(Set.of(0, 1, 2, 3)));
  }

  @Test
  void everyLargeAmountIsFraud() {
    for (LabelledTransaction t : SIMULATED) {
      if (t.transaction().amountCents() > 22_000) {
        assertThat(t.fraud(), is(true));
      }
      if (t.scenario() == 1) {
        assertThat(t.transaction().amountCents(), is(greaterThan(22_000L)));
      }
    }
  }

  @Test
  void aCompromisedTerminalIsBadForFourWeeksAndForAllCustomers() {
    Map<String, List<LabelledTransaction>> byTerminal =
        SIMULATED.stream().collect(Collectors.groupingBy(t -> t.transaction().terminalId()));
    int compromised = 0;
    for (List<LabelledTransaction> visits : byTerminal.values()) {
      List<Long> bad = visits.stream().filter(t -> t.scenario() == 2).map(t -> day(t)).toList();
      if (bad.isEmpty() || bad.get(bad.size() - 1) - bad.get(0) >= 28) {
        continue; // never, or more than once
      }
      compromised++;
      for (LabelledTransaction t : visits) {
        if (day(t) > bad.get(0) && day(t) < bad.get(bad.size() - 1)) {
          assertThat(t.toString(), t.scenario(), is(greaterThanOrEqualTo(2)));
        }
      }
    }
    // Two a day for 45 days, a few of them twice or without a visitor.
    assertThat(compromised, is(allOf(greaterThan(60), lessThan(91))));
  }

  @Test
  void aCompromisedCustomerSpendsFiveTimesAsMuchOnAThirdOfTheOccasions() {
    Map<String, List<LabelledTransaction>> byCustomer =
        SIMULATED.stream().collect(Collectors.groupingBy(t -> t.transaction().customerId()));
    double abused = 0;
    double between = 0;
    double ratio = 0;
    int customers = 0;
    for (List<LabelledTransaction> spent : byCustomer.values()) {
      List<LabelledTransaction> bad = spent.stream().filter(t -> t.scenario() == 3).toList();
      if (bad.size() < 3 || day(bad.get(bad.size() - 1)) - day(bad.get(0)) >= 14) {
        continue;
      }
      long first = day(bad.get(0));
      customers++;
      abused += bad.size();
      // The 14 days began up to a few days before the first abuse; count from it on, inside them.
      between +=
          spent.stream()
              .filter(t -> day(t) >= first && day(t) <= day(bad.get(bad.size() - 1)))
              .count();
      ratio += mean(bad) / mean(spent.stream().filter(t -> t.scenario() == 0).toList());
    }
    assertThat(customers, is(greaterThan(40)));
    assertThat(ratio / customers, is(closeTo(5, 0.7)));
    assertThat(abused / between, is(closeTo(0.38, 0.06)));
  }

  private static double mean(List<LabelledTransaction> some) {
    return some.stream().mapToLong(t -> t.transaction().amountCents()).average().orElseThrow();
  }

  @Test
  void theSmallestCityWorks() {
    List<LabelledTransaction> all =
        all(new FraudSimulator.Options(5, Instant.parse("1999-12-31T00:00:00Z"), 30, 1, 1));
    all.forEach(t -> assertThat(t.transaction().terminalId(), is("0")));
    assertThat(all.isEmpty(), is(false));
    var end = new FraudSimulator(FraudSimulator.Options.of(5, 1, 1, 1)).iterator();
    end.forEachRemaining(t -> {});
    assertThrows(NoSuchElementException.class, end::next);
  }

  @Test
  void impossibleOptionsAreRefused() {
    KappaException e =
        assertThrows(KappaException.class, () -> FraudSimulator.Options.of(1, 0, 1, 1));
    assertThat(e.getMessage(), containsString("cannot simulate 0 days: use 1 or more"));
    assertThrows(KappaException.class, () -> FraudSimulator.Options.of(1, 1, -1, 1));
    assertThrows(KappaException.class, () -> FraudSimulator.Options.of(1, 1, 1, 0));
  }

  @Test
  void textSeedsAreWellMixed() {
    Set<Long> seeds = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      seeds.add(Dice.seed(Integer.toString(i)));
    }
    assertThat(seeds.size(), is(10_000));
  }
}
