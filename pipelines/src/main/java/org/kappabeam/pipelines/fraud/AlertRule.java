package org.kappabeam.pipelines.fraud;

import java.util.Locale;
import org.kappabeam.transforms.fold.Fold;

/**
 * The three rules of the fraud pilot. Each looks at one scored transaction, names the value it
 * looked at and the limit it used, and knows whether an earlier version of the row, standing on
 * fewer events, could have fired: then the alert has to be written as withdrawn.
 */
public enum AlertRule {
  /** A payment over 220.00: more than any genuine customer of the handbook's simulation spends. */
  LARGE_AMOUNT(220.00) {
    @Override
    double value(ScoredTransaction row) {
      return amount(row);
    }

    @Override
    boolean fires(ScoredTransaction row) {
      return row.spending().transaction().amountCents() > Math.round(limit() * 100);
    }

    @Override
    boolean couldHaveFired(ScoredTransaction row) {
      return false;
    }

    @Override
    String reason(ScoredTransaction row) {
      return text("amount %.2f is over %.2f", value(row), limit());
    }
  },

  /** At least half of the terminal's payments of a week, and two or more, were frauds. */
  COMPROMISED_TERMINAL(0.5) {
    @Override
    double value(ScoredTransaction row) {
      return ScoredTransaction.risk(row.terminalFrauds7d(), row.terminalCount7d());
    }

    @Override
    boolean fires(ScoredTransaction row) {
      return enough(row) && 2 * row.terminalFrauds7d() >= row.terminalCount7d();
    }

    @Override
    boolean couldHaveFired(ScoredTransaction row) {
      // Known frauds only become more.
      return enough(row);
    }

    private boolean enough(ScoredTransaction row) {
      return row.terminalFrauds7d() >= MIN_FRAUDS;
    }

    @Override
    String reason(ScoredTransaction row) {
      return text(
          "%d of %d payments at terminal %s in a week were frauds: share %.2f, limit %.2f",
          row.terminalFrauds7d(),
          row.terminalCount7d(),
          row.spending().transaction().terminalId(),
          value(row),
          limit());
    }
  },

  /**
   * A payment of 100.00 or more, and over four times the customer's mean of 30 days and 10
   * payments.
   */
  SPENDING_SPIKE(4.0) {
    @Override
    double value(ScoredTransaction row) {
      Spending s = row.spending();
      return amount(row) / ScoredTransaction.mean(s.cents30d(), s.count30d());
    }

    @Override
    boolean fires(ScoredTransaction row) {
      Spending s = row.spending();
      return couldHaveFired(row)
          && s.count30d() >= MIN_PAYMENTS
          && s.transaction().amountCents() * s.count30d() > Math.round(limit()) * s.cents30d();
    }

    @Override
    boolean couldHaveFired(ScoredTransaction row) {
      return row.spending().transaction().amountCents() >= MIN_CENTS;
    }

    @Override
    String reason(ScoredTransaction row) {
      return text(
          "amount %.2f is %.1f times the customer's mean %.2f of 30 days, limit %.1f times",
          amount(row),
          value(row),
          ScoredTransaction.mean(row.spending().cents30d(), row.spending().count30d()),
          limit());
    }
  };

  private static final long MIN_FRAUDS = 2;
  private static final long MIN_PAYMENTS = 10;
  private static final long MIN_CENTS = 100_00;

  private final double limit;

  AlertRule(double limit) {
    this.limit = limit;
  }

  /** The limit the value is held against. */
  public final double limit() {
    return limit;
  }

  /** What the rule looked at. */
  abstract double value(ScoredTransaction row);

  abstract boolean fires(ScoredTransaction row);

  /** Whether the same transaction, with less evidence, could have fired. */
  abstract boolean couldHaveFired(ScoredTransaction row);

  abstract String reason(ScoredTransaction row);

  /** What to do about the alert of this rule. */
  final Verdict verdict(ScoredTransaction row) {
    if (fires(row)) {
      return Verdict.FIRED;
    }
    boolean contested = Fold.variants(row.evidence()) > 1;
    return contested || couldHaveFired(row) ? Verdict.WITHDRAWN : Verdict.SILENT;
  }

  /** Fired; not, though it might have before; never has. */
  enum Verdict {
    FIRED,
    WITHDRAWN,
    SILENT
  }

  private static double amount(ScoredTransaction row) {
    return row.spending().transaction().amountCents() / 100.0;
  }

  private static String text(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
