package org.kappabeam.pipelines.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.pipelines.replay.AuditEntry;
import org.kappabeam.pipelines.replay.Generation;
import org.kappabeam.pipelines.replay.Json;
import org.kappabeam.pipelines.replay.Lag;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code kappa status PILOT}: what generations there are. */
@Command
final class StatusCommand extends LifecycleCommand {
  private static final int LAST_STEPS = 5;

  @Option(names = "--json", description = "Print JSON, with the whole audit trail.")
  private boolean json;

  private StatusCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    return new StatusCommand(pilot, terminal)
        .specification(
            "Shows the generations of the pilot "
                + pilot.name()
                + ": which one people read, how far"
                + " each is, what it was compared with, and the last steps that were taken.");
  }

  /**
   * One generation.
   *
   * @param active whether people read it
   * @param state UNKNOWN if nothing is known of it but its tables
   * @param lag the records it is behind; null if that cannot be said
   * @param comparison the last one it was the newer part of
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"generation", "active", "state", "lag", "known", "comparison"})
  record Row(
      int generation,
      boolean active,
      String state,
      @Nullable Long lag,
      @Nullable Generation known,
      @Nullable String comparison) {}

  /** All there is to say. */
  @JsonPropertyOrder({"pilot", "view", "generations", "audit"})
  record Status(String pilot, String view, List<Row> generations, List<AuditEntry> audit) {}

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    OptionalInt active = promotion(lifecycle).active();
    SortedSet<Integer> numbers = new TreeSet<>();
    pilot.tables().forEach(schema -> numbers.addAll(store.generations(schema)));
    lifecycle.generations().forEach(generation -> numbers.add(generation.number()));
    List<Row> rows = new ArrayList<>();
    for (int number : numbers) {
      rows.add(row(number, active.isPresent() && active.getAsInt() == number, lifecycle));
    }
    Status status = new Status(pilot.name(), view(), rows, lifecycle.audit());
    if (json) {
      terminal.out().println(Json.write(status));
    } else {
      print(status);
    }
    return 0;
  }

  private Row row(int number, boolean active, Lifecycle lifecycle) {
    Generation known = lifecycle.generation(number).orElse(null);
    String comparison =
        lifecycle
            .comparisonWith(number)
            .map(last -> (last.passed() ? "passed" : "FAILED") + " against " + last.from())
            .orElse(null);
    return new Row(
        number,
        active,
        known == null ? "UNKNOWN" : known.state().name(),
        known == null ? null : lag(known),
        known,
        comparison);
  }

  /** A log that is away does not hide the rest. */
  private @Nullable Long lag(Generation known) {
    if (known.state() != Generation.State.LIVE && known.state() != Generation.State.BUILT) {
      return null;
    }
    try {
      OptionalLong lag = Lag.records(logs().apply(known.log()), known);
      return lag.isPresent() ? lag.getAsLong() : null;
    } catch (KappaException e) {
      terminal.progress("%s", e.getMessage());
      return null;
    }
  }

  private void print(Status status) {
    if (status.generations().isEmpty()) {
      terminal.say("no generation of %s in %s", status.pilot(), status.view());
      return;
    }
    TextTable table =
        TextTable.of(
            ">generation", "<", "<state", ">behind", "<compared", "<plan", "<updated", "<by");
    for (Row row : status.generations()) {
      Generation known = row.known();
      table.row(
          Integer.toString(row.generation()),
          row.active() ? "active" : "",
          row.state(),
          row.lag() == null ? "?" : "%,d".formatted(row.lag()),
          row.comparison() == null ? "" : row.comparison(),
          known == null || known.plan() == null ? "" : known.plan(),
          known == null ? "" : known.updated().replaceFirst("\\..*", "Z"),
          known == null ? "" : known.by());
    }
    table.write(terminal.out());
    List<AuditEntry> audit = status.audit();
    if (!audit.isEmpty()) {
      terminal.say("last steps:");
      for (AuditEntry entry : audit.subList(Math.max(0, audit.size() - LAST_STEPS), audit.size())) {
        terminal.say(
            "  %s  %s  %s generation %d: %s",
            entry.at().replaceFirst("\\..*", "Z"),
            entry.by(),
            entry.step(),
            entry.generation(),
            entry.outcome());
      }
    }
  }
}
