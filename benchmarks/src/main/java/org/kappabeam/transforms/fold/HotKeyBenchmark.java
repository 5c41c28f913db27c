package org.kappabeam.transforms.fold;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.pipelines.fraud.CustomerFold;
import org.kappabeam.pipelines.fraud.Spending;

/**
 * One million events on one key, in time order and in mild disorder: what an event costs must not
 * depend on how much the key has seen. Prints, per order, the cost of the first tenth after warming
 * up, of the last, and their ratio; fails if the ratio exceeds 2.
 */
public final class HotKeyBenchmark {
  private static final int EVENTS = 1_000_000;
  private static final int BATCH = 100;
  private static final int TENTHS = 10;
  private static final int ROUNDS = 5;
  private static final double LIMIT = 2;

  /**
   * Between two events on average; 30 days then hold the whole million and nothing is forgotten.
   */
  private static final long STEP_MILLIS = 2_000;

  /** How far the watermark, and with it what is settled, lies behind the newest event. */
  private static final long LATENESS_MILLIS = TimeUnit.HOURS.toMillis(1);

  /** This thread's processor time: what else the machine does must not decide. */
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

  private HotKeyBenchmark() {}

  public static void main(String[] args) {
    boolean flat = true;
    for (long disorder : new long[] {0, TimeUnit.MINUTES.toMillis(1)}) {
      double[] ratios = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        double[] nanos = run(disorder);
        ratios[round] = nanos[TENTHS - 1] / nanos[0];
        System.out.printf(
            Locale.ROOT,
            "disorder %,6d ms: first tenth %,6.0f ns/event, last tenth %,6.0f, ratio %.2f  %s%n",
            disorder,
            nanos[0],
            nanos[TENTHS - 1],
            ratios[round],
            Arrays.stream(nanos)
                .mapToObj(tenth -> String.format(Locale.ROOT, "%.0f", tenth))
                .toList());
      }
      Arrays.sort(ratios);
      // The first round also warms up the JVM, which flatters its ratio: so the median.
      flat &= ratios[ROUNDS / 2] <= LIMIT;
    }
    if (!flat) {
      System.out.println("FAILED: the cost of an event grows with the key's history");
      System.exit(1);
    }
  }

  /** Processor nanoseconds per event in each tenth. */
  private static double[] run(long disorderMillis) {
    CustomerFold fold = new CustomerFold();
    KeyFolder<Transaction, Spending> folder = new KeyFolder<>(fold);
    EventTimeFold.InMemory store = new EventTimeFold.InMemory();
    CountRows rows = new CountRows();
    SplittableRandom random = new SplittableRandom(7);
    KeyHistory history = null;
    double[] nanos = new double[TENTHS];
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      List<Entry<Transaction>> batches = new ArrayList<>();
      for (int b = 0; b < EVENTS / TENTHS / BATCH; b++) {
        int first = tenth * (EVENTS / TENTHS) + b * BATCH;
        batches.add(batch(fold, first, disorderMillis, random));
      }
      long start = THREAD.getCurrentThreadCpuTime();
      for (Entry<Transaction> batch : batches) {
        long settled = batch.time - LATENESS_MILLIS;
        history = folder.apply("hot", history, batch, settled, store, rows);
      }
      nanos[tenth] = (THREAD.getCurrentThreadCpuTime() - start) * (double) TENTHS / EVENTS;
    }
    if (rows.folded != EVENTS) {
      throw new IllegalStateException("only " + rows.folded + " events were folded");
    }
    return nanos;
  }

  /** Events of one batch, chained, the first one in front. */
  private static Entry<Transaction> batch(
      CustomerFold fold, int first, long disorderMillis, SplittableRandom random) {
    Entry<Transaction> batch = null;
    for (int i = first + BATCH - 1; i >= first; i--) {
      long time = 1_700_000_000_000L + i * STEP_MILLIS;
      time -= disorderMillis == 0 ? 0 : random.nextLong(disorderMillis);
      Transaction event =
          Transaction.of(Integer.toString(i), time, "hot", Integer.toString(i % 100), i % 20_000);
      Entry<Transaction> entry = new Entry<>(fold, event, "0", i, time, List.of());
      entry.next = batch;
      batch = entry;
    }
    return batch;
  }

  /** Rows are counted and dropped. */
  private static final class CountRows implements FoldOutput<Transaction, Spending> {
    private long folded;

    @Override
    public void row(Spending row) {
      // what it costs to make it is what counts
    }

    @Override
    public void folded() {
      folded++;
    }

    @Override
    public void duplicate() {
      throw new IllegalStateException("there are no duplicates");
    }

    @Override
    public void lost() {
      throw new IllegalStateException("raw events are refused, not lost");
    }

    @Override
    public void dead(DeadLetterReason reason, String detail, Entry<Transaction> entry) {
      throw new IllegalStateException(reason + ": " + detail);
    }
  }
}
