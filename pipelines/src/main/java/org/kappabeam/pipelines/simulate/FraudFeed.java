package org.kappabeam.pipelines.simulate;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.pipelines.fraud.FraudFeatures;
import org.kappabeam.transforms.log.LogWriter;

/**
 * Writes labelled transactions to a log in log-time order: each transaction under its customer's
 * id, and for each fraud a label under its terminal's id seven days later.
 *
 * <p>On wish the log is made as bad as real ones are: records late by up to a bound, some twice,
 * some with a damaged copy beside them. The set of good events stays the same whatever the options,
 * and what happens to an event depends on the seed and its id alone; so views of such a log must
 * equal those of the clean one.
 */
public final class FraudFeed {
  private static final int FLUSH_EVERY = 20_000;
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Options options;
  private final LogWriter log;
  private final Consumer<FeedReport> progress;
  private final EventEncoder encoder;
  private final Damage damage;
  private final PriorityQueue<Pending> pending = new PriorityQueue<>();

  private long sequence;
  private long written;
  private long transactions;
  private long labels;
  private long duplicates;
  private long corrupted;
  private long logTime = -1;
  private long startNanos;
  private long reportNanos;

  /**
   * How the log is written.
   *
   * @param format of all messages
   * @param shuffleMillis how much later than its event time a record may reach the log; its log
   *     time is its event time plus a delay from 0 to this
   * @param duplicateShare the share of events that are written twice, 0 to 1
   * @param corruptShare the share of events beside which a damaged copy is written, 0 to 1
   * @param seed decides delays, duplicates and damage
   * @param recordsPerSecond an upper limit for the pace, 0 for none
   */
  public record Options(
      MessageFormat format,
      long shuffleMillis,
      double duplicateShare,
      double corruptShare,
      long seed,
      double recordsPerSecond) {

    public Options {
      if (shuffleMillis < 0) {
        throw new KappaException("cannot shuffle by " + shuffleMillis + " ms", "use 0 or more");
      }
      share("duplicate", duplicateShare);
      share("corrupt", corruptShare);
      if (!(recordsPerSecond >= 0)) {
        throw new KappaException(
            "cannot write " + recordsPerSecond + " records per second", "use 0 for no limit");
      }
    }

    /** In order, each event once, nothing damaged, as fast as the log takes it. */
    public static Options clean(MessageFormat format) {
      return new Options(format, 0, 0, 0, 0, 0);
    }

    private static void share(String what, double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new KappaException("cannot " + what + " a share of " + value, "use 0 to 1");
      }
    }
  }

  private enum Kind {
    TRANSACTION,
    LABEL,
    DUPLICATE,
    CORRUPTED
  }

  /** A record that waits for its log time; equal times keep the order they were made in. */
  @SuppressWarnings("ArrayRecordComponent") // compared by time and sequence only
  private record Pending(long logTime, long sequence, Kind kind, byte[] key, byte[] value)
      implements Comparable<Pending> {
    @Override
    public int compareTo(Pending other) {
      int byTime = Long.compare(logTime, other.logTime);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /**
   * A feed in a format that needs no schema registry.
   *
   * @param log written and flushed, not closed
   * @param progress is told about once a second, and at the end
   */
  public FraudFeed(Options options, LogWriter log, Consumer<FeedReport> progress) {
    this(options, EventEncoder.Ids.none(), log, progress);
  }

  /**
   * @param ids where schemas are registered, for formats that name them by id
   * @param log written and flushed, not closed
   * @param progress is told about once a second, and at the end
   */
  public FraudFeed(
      Options options, EventEncoder.Ids ids, LogWriter log, Consumer<FeedReport> progress) {
    this.options = options;
    this.encoder = new EventEncoder(FraudFeatures.eventTypes(), ids);
    this.damage = new Damage(encoder);
    this.log = log;
    this.progress = progress;
  }

  /**
   * Writes all of them; call once.
   *
   * @param source in the order of event time
   * @throws KappaException if the source is not in order, or the log refuses
   */
  public FeedReport run(Iterator<LabelledTransaction> source) {
    startNanos = System.nanoTime();
    reportNanos = startNanos;
    long now = Long.MIN_VALUE;
    while (source.hasNext()) {
      LabelledTransaction next = source.next();
      Transaction transaction = next.transaction();
      if (transaction.eventTime() < now) {
        throw new KappaException(
            "transaction " + transaction.id() + " is older than the one before it",
            "give the files in the order of time, each sorted by TX_DATETIME");
      }
      now = transaction.eventTime();
      // Everything still to come has this log time or a later one.
      writeUntil(now);
      add(
          Kind.TRANSACTION,
          TransactionType.of(),
          transaction,
          transaction.customerId(),
          Damage.of(transaction));
      if (next.fraud()) {
        FraudLabel label = FraudLabel.after(transaction);
        add(Kind.LABEL, FraudLabelType.of(), label, label.terminalId(), Damage.of(label));
      }
    }
    writeUntil(Long.MAX_VALUE);
    log.flush();
    progress.accept(report());
    return report();
  }

  private <E> void add(Kind kind, EventType<E> type, E event, String key, Damage.Broken<E> broken) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    byte[] value = encoder.encode(type, event, options.format());
    Dice dice = Dice.of(options.seed(), Dice.seed(type.name()), Dice.seed(type.id(event)));
    long delay = dice.below(options.shuffleMillis() + 1);
    long time = type.eventTime(event) + delay;
    pending.add(new Pending(time, sequence++, kind, keyBytes, value));
    if (dice.chance(options.duplicateShare())) {
      long later = time + dice.below(options.shuffleMillis() - delay + 1);
      pending.add(new Pending(later, sequence++, Kind.DUPLICATE, keyBytes, value));
    }
    if (dice.chance(options.corruptShare())) {
      byte[] damaged = damage.copy(type, event, broken, options.format(), value, dice);
      pending.add(new Pending(time, sequence++, Kind.CORRUPTED, keyBytes, damaged));
    }
  }

  private void writeUntil(long time) {
    Pending head;
    while ((head = pending.peek()) != null && head.logTime <= time) {
      pending.remove();
      pace();
      log.write(head.key, head.value, head.logTime);
      logTime = head.logTime;
      switch (head.kind) {
        case TRANSACTION -> transactions++;
        case LABEL -> labels++;
        case DUPLICATE -> duplicates++;
        case CORRUPTED -> corrupted++;
      }
      written++;
      if (written % FLUSH_EVERY == 0) {
        log.flush();
      }
      if (System.nanoTime() - reportNanos >= REPORT_EVERY_NANOS) {
        reportNanos = System.nanoTime();
        progress.accept(report());
      }
    }
  }

  /** Waits until the next record is due. */
  private void pace() {
    if (options.recordsPerSecond() == 0) {
      return;
    }
    double dueNanos = written * 1e9 / options.recordsPerSecond();
    long wait = (long) dueNanos - (System.nanoTime() - startNanos);
    if (wait <= 0) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KappaException("the feed was interrupted", "start it again on a new log", e);
    }
  }

  private FeedReport report() {
    return new FeedReport(transactions, labels, duplicates, corrupted, logTime);
  }
}
