package org.kappabeam.pipelines.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotFeed;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** What happened in a run. */
final class Summary {
  private Summary() {}

  /** Prints it, and returns whether every record is accounted for. */
  static boolean print(
      PilotRun.Outcome outcome, Pilot pilot, List<PilotFeed> feeds, Views views, PrintWriter out) {
    Conservation counts = outcome.counts();
    out.println();
    out.println(
        text(
            "%s after %.1f s (%,.0f records a second)",
            outcome.completed() ? "Done" : "Interrupted",
            outcome.seconds(),
            counts.read() / Math.max(0.001, outcome.seconds())));
    TextTable table = TextTable.of("<records", ">count");
    table.row("read", number(counts.read()));
    table.row("folded into views", number(counts.folded()));
    table.row("duplicates", number(counts.duplicates()));
    table.row("dead letters", number(counts.dead()));
    table.write(out);
    if (outcome.completed()) {
      out.println(
          "reconciled: "
              + (counts.isReconciled()
                  ? "yes (read = folded + duplicates + dead letters)"
                  : "NO: read is not folded + duplicates + dead letters"));
    } else {
      out.println("reconciled: not known, records were under way when it was interrupted");
    }
    try (ViewStore store = views.open()) {
      TextTable rows = TextTable.of("<view", ">rows");
      for (ViewSchema schema : pilot.views()) {
        rows.row(schema.name(), number(store.count(schema)));
      }
      rows.row(DeadLetterView.schema().name(), number(store.count(DeadLetterView.schema())));
      out.println();
      rows.write(out);
      deadLetters(store, out);
      for (PilotFeed feed : feeds) {
        out.println();
        feed.report(store, out);
      }
    }
    return !outcome.completed() || counts.isReconciled();
  }

  private static void deadLetters(ViewStore store, PrintWriter out) {
    Map<String, Long> reasons = new TreeMap<>();
    store.scan(
        DeadLetterView.schema(), false, row -> reasons.merge((String) row.value(0), 1L, Long::sum));
    if (!reasons.isEmpty()) {
      TextTable table = TextTable.of("<dead letter", ">count");
      reasons.forEach((reason, count) -> table.row(reason, number(count)));
      out.println();
      table.write(out);
    }
  }

  private static String number(long value) {
    return text("%,d", value);
  }

  private static String text(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
