package org.kappabeam.pipelines.simulate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.fraud.Transaction;

/**
 * A city of card holders and terminals after the Fraud Detection Handbook's transaction simulator.
 *
 * <p>Customers and terminals stand on a square of 100 × 100. A customer has a mean amount of 5 to
 * 100, spends around it with half of it as deviation, pays 0 to 4 times a day on average, mostly
 * around noon, and only at terminals within a radius of 5 (at the nearest if there are none). The
 * frauds, the later overriding the earlier:
 *
 * <ol>
 *   <li>every amount over 220.00;
 *   <li>each day two more terminals are compromised for 28 days: all their transactions;
 *   <li>each day three more customers are compromised for 14 days: a third of their transactions,
 *       with five times the amount.
 * </ol>
 *
 * <p>Each terminal stands at a merchant of some category, which the handbook does not have.
 *
 * <p>The same options give the same transactions on every machine. One day is held in memory at a
 * time.
 */
public final class FraudSimulator implements Iterable<LabelledTransaction> {
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;
  private static final long NOON_MILLIS = DAY_MILLIS / 2;
  private static final long DAYTIME_DEVIATION_MILLIS = 20_000_000;
  private static final double SIDE = 100;
  private static final double RADIUS = 5;
  private static final long LARGE_AMOUNT_CENTS = 220_00;
  private static final int TERMINALS_A_DAY = 2;
  private static final int TERMINAL_DAYS = 28;
  private static final int CUSTOMERS_A_DAY = 3;
  private static final int CUSTOMER_DAYS = 14;
  private static final double CUSTOMER_SHARE = 1.0 / 3;
  private static final int CUSTOMER_FACTOR = 5;

  /**
   * Ids are this plus a count, so that they have one length and sort as text as they do in time.
   */
  private static final long FIRST_ID = 1_000_000_000L;

  // What dice are rolled for.
  private static final long TERMINAL = 1;
  private static final long CUSTOMER = 2;
  private static final long SPENDING = 3;
  private static final long BAD_TERMINALS = 4;
  private static final long BAD_CUSTOMERS = 5;
  private static final long CATEGORY = 6;

  /** Department stores, groceries, fuel, clothes, electronics, restaurants, pharmacies, hotels. */
  private static final int[] CATEGORIES = {5311, 5411, 5541, 5651, 5732, 5812, 5912, 7011};

  private final Options options;
  private final Customer[] people;

  /** By terminal. */
  private final int[] categories;

  /**
   * What is simulated.
   *
   * @param seed decides everything that is random
   * @param start the first day's midnight
   * @param days how many days
   * @param customers how many card holders
   * @param terminals how many terminals
   */
  public record Options(long seed, Instant start, int days, int customers, int terminals) {
    public static final Instant DEFAULT_START = Instant.parse("2024-01-01T00:00:00Z");

    public Options {
      atLeastOne("days", days);
      atLeastOne("customers", customers);
      atLeastOne("terminals", terminals);
    }

    /** From {@link #DEFAULT_START}. */
    public static Options of(long seed, int days, int customers, int terminals) {
      return new Options(seed, DEFAULT_START, days, customers, terminals);
    }

    private static void atLeastOne(String name, int value) {
      if (value < 1) {
        throw new KappaException("cannot simulate " + value + " " + name, "use 1 or more");
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Customer(String id, double meanAmount, double meanPerDay, int[] terminals) {}

  public FraudSimulator(Options options) {
    this.options = options;
    double[][] places = new double[options.terminals()][];
    this.categories = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      categories[i] = CATEGORIES[Dice.of(options.seed(), CATEGORY, i).below(CATEGORIES.length)];
      Dice dice = Dice.of(options.seed(), TERMINAL, i);
      places[i] = new double[] {dice.uniform(0, SIDE), dice.uniform(0, SIDE)};
    }
    int[] scratch = new int[places.length];
    this.people = new Customer[options.customers()];
    for (int i = 0; i < people.length; i++) {
      Dice dice = Dice.of(options.seed(), CUSTOMER, i);
      int[] near = near(dice.uniform(0, SIDE), dice.uniform(0, SIDE), places, scratch);
      people[i] = new Customer(Integer.toString(i), dice.uniform(5, 100), dice.uniform(0, 4), near);
    }
  }

  private static int[] near(double x, double y, double[][] places, int[] found) {
    int count = 0;
    int nearest = 0;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < places.length; i++) {
      double dx = places[i][0] - x;
      double dy = places[i][1] - y;
      double square = dx * dx + dy * dy;
      if (square < RADIUS * RADIUS) {
        found[count++] = i;
      }
      if (square < least) {
        least = square;
        nearest = i;
      }
    }
    return count == 0 ? new int[] {nearest} : Arrays.copyOf(found, count);
  }

  /** All transactions in the order of time, then id. */
  @Override
  public Iterator<LabelledTransaction> iterator() {
    return new Iterator<>() {
      private int day;
      private long nextId = FIRST_ID;
      private Iterator<Payment> today = List.<Payment>of().iterator();

      @Override
      public boolean hasNext() {
        while (!today.hasNext() && day < options.days()) {
          today = payments(day++).iterator();
        }
        return today.hasNext();
      }

      @Override
      public LabelledTransaction next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Payment p = today.next();
        return LabelledTransaction.of(
            Transaction.of(
                Long.toString(nextId++),
                p.time,
                people[p.customer].id(),
                Integer.toString(p.terminal),
                p.cents,
                categories[p.terminal]),
            p.scenario);
      }
    };
  }

  private record Payment(long time, int customer, int terminal, long cents, int scenario) {}

  private List<Payment> payments(int day) {
    Set<Integer> badTerminals =
        bad(day, BAD_TERMINALS, TERMINALS_A_DAY, TERMINAL_DAYS, options.terminals());
    Set<Integer> badCustomers =
        bad(day, BAD_CUSTOMERS, CUSTOMERS_A_DAY, CUSTOMER_DAYS, options.customers());
    List<Payment> payments = new ArrayList<>(2 * people.length);
    long midnight = options.start().toEpochMilli() + day * DAY_MILLIS;
    for (int c = 0; c < people.length; c++) {
      Customer customer = people[c];
      Dice dice = Dice.of(options.seed(), SPENDING, day, c);
      for (int n = dice.poisson(customer.meanPerDay()); n > 0; n--) {
        long time = (long) dice.gaussian(NOON_MILLIS, DAYTIME_DEVIATION_MILLIS);
        double amount = dice.gaussian(customer.meanAmount(), customer.meanAmount() / 2);
        double instead = dice.uniform(0, 2 * customer.meanAmount());
        int terminal = customer.terminals()[dice.below(customer.terminals().length)];
        boolean abused = dice.chance(CUSTOMER_SHARE) && badCustomers.contains(c);
        if (time <= 0 || time >= DAY_MILLIS) {
          continue; // the handbook drops what falls outside the day, too
        }
        long cents = StrictMath.round(100 * (amount < 0 ? instead : amount));
        int scenario = 0;
        if (abused) {
          cents *= CUSTOMER_FACTOR;
          scenario = 3;
        } else if (badTerminals.contains(terminal)) {
          scenario = 2;
        } else if (cents > LARGE_AMOUNT_CENTS) {
          scenario = 1;
        }
        payments.add(new Payment(midnight + time, c, terminal, cents, scenario));
      }
    }
    // Stable: payments of one moment stay in the order of customers.
    payments.sort(Comparator.comparingLong(Payment::time));
    return payments;
  }

  /** Who is compromised on a day: those picked on it and on the days before it. */
  private Set<Integer> bad(int day, long what, int aDay, int lasting, int population) {
    Set<Integer> bad = new HashSet<>();
    for (int d = Math.max(0, day - lasting + 1); d <= day; d++) {
      Dice dice = Dice.of(options.seed(), what, d);
      Set<Integer> picked = new HashSet<>();
      while (picked.size() < Math.min(aDay, population)) {
        picked.add(dice.below(population));
      }
      bad.addAll(picked);
    }
    return bad;
  }
}
