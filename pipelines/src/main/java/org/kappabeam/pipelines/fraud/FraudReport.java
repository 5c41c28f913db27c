package org.kappabeam.pipelines.fraud;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.transforms.view.ViewStore;

/** What the views of the fraud pilot say, for people. */
public final class FraudReport {
  private static final int TOP = 8;
  private static final int TRANSACTION = column("transaction_id");
  private static final int RULE = column("rule");
  private static final int TIME = column("event_time");
  private static final int CUSTOMER = column("customer_id");
  private static final int TERMINAL = column("terminal_id");
  private static final int AMOUNT = column("amount_cents");
  private static final int REASON = column("reason");

  private FraudReport() {}

  /** Alerts by rule, and those of the transactions that most rules and the most money speak for. */
  public static void write(ViewStore views, PrintWriter out) {
    Map<AlertRule, Long> byRule = new EnumMap<>(AlertRule.class);
    Map<String, Suspect> suspects = new HashMap<>();
    views.scan(
        FraudViews.ALERTS,
        false,
        row -> {
          byRule.merge(AlertRule.valueOf((String) row.value(RULE)), 1L, Long::sum);
          suspects
              .computeIfAbsent((String) row.value(TRANSACTION), id -> new Suspect(row))
              .reasons
              .add((String) row.value(REASON));
        });
    long alerts = byRule.values().stream().mapToLong(Long::longValue).sum();
    out.println(
        String.format(
            Locale.ROOT,
            "%,d alerts on %,d of %,d transactions:",
            alerts,
            suspects.size(),
            views.count(FraudViews.SCORED_TRANSACTIONS)));
    TextTable rules = TextTable.of("<rule", ">alerts");
    byRule.forEach(
        (rule, count) -> rules.row(rule.name(), String.format(Locale.ROOT, "%,d", count)));
    rules.write(out);
    if (alerts == 0) {
      return;
    }
    out.println();
    out.println("Look at these first:");
    TextTable table = TextTable.of("<time", "<customer", "<terminal", ">amount", "<reasons");
    for (Suspect suspect : top(suspects)) {
      ViewRow row = suspect.row;
      table.row(
          time((Long) row.value(TIME)),
          (String) row.value(CUSTOMER),
          (String) row.value(TERMINAL),
          String.format(Locale.ROOT, "%.2f", (Long) row.value(AMOUNT) / 100.0),
          String.join("; ", suspect.reasons));
    }
    table.write(out);
  }

  /** A transaction that rules fired for. */
  private static final class Suspect implements Comparable<Suspect> {
    final ViewRow row;
    final List<String> reasons = new ArrayList<>();

    Suspect(ViewRow row) {
      this.row = row;
    }

    /** By rules, then money, then age, so that equal views give equal reports. */
    @Override
    public int compareTo(Suspect other) {
      int byRules = Integer.compare(reasons.size(), other.reasons.size());
      if (byRules != 0) {
        return byRules;
      }
      int byAmount = Long.compare((Long) row.value(AMOUNT), (Long) other.row.value(AMOUNT));
      return byAmount != 0 ? byAmount : other.row.key().compareTo(row.key());
    }
  }

  private static List<Suspect> top(Map<String, Suspect> suspects) {
    PriorityQueue<Suspect> best = new PriorityQueue<>();
    for (Suspect suspect : suspects.values()) {
      best.add(suspect);
      if (best.size() > TOP) {
        best.remove();
      }
    }
    List<Suspect> sorted = new ArrayList<>(best);
    sorted.sort(Comparator.reverseOrder());
    return sorted;
  }

  private static String time(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L))
        .toString()
        .replace('T', ' ')
        .replace("Z", "");
  }

  private static int column(String name) {
    ViewSchema schema = FraudViews.ALERTS;
    for (int i = 0; i < schema.columns().size(); i++) {
      if (schema.columns().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name);
  }
}
