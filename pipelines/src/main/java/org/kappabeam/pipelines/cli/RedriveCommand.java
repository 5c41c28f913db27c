package org.kappabeam.pipelines.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.RepairRule;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.pipelines.replay.Json;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.pipelines.replay.Redrive;
import org.kappabeam.pipelines.replay.RefusedRecord;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.deadletter.Repair;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code kappa redrive PILOT}: gives dead letters another chance. */
@Command
final class RedriveCommand extends LifecycleCommand {
  /** What a file of repairs may have; the repairs themselves have a lower limit. */
  private static final long MAX_FILE_BYTES = 64L << 20;

  private static final Set<String> REASONS = reasons();

  @Option(
      names = "--generation",
      paramLabel = "N",
      description = "Whose dead letters. Default: those of the generation people read.")
  private @Nullable Integer generation;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      split = ",",
      description = "Only dead letters of these reasons; may be repeated. Default: all.")
  private Set<String> reasons = new HashSet<>();

  @ArgGroup private Action action = new Action();

  @Option(
      names = "--because",
      paramLabel = "TEXT",
      description = "Why the repairs are right, for the audit trail. Required with repairs.")
  private @Nullable String because;

  /** At most one of them; without any, the dead letters are counted. */
  static final class Action {
    @Option(
        names = "--export",
        paramLabel = "FILE",
        description =
            "Write the dead letters to a file, a line of JSON each, to be repaired there.")
    private @Nullable Path export;

    @Option(
        names = "--repairs",
        paramLabel = "FILE",
        description =
            "Note the repairs in a file that was exported: lines with another text or value than"
                + " before. All else in it is left alone.")
    private @Nullable Path repairs;

    @Option(
        names = "--repair",
        paramLabel = "NAME",
        description = "Note what a repair of the pilot makes of the dead letters.")
    private @Nullable String rule;
  }

  private RedriveCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    return new RedriveCommand(pilot, terminal)
        .specification(
            "Repairs dead letters of the pilot " + pilot.name() + ".",
            "Repairs are part of every plan made from then on: the generation it builds has the"
                + " repaired records at their own positions and log times, once each. What is still"
                + " bad is a dead letter again, with its history. After a fix of the program no"
                + " repairs are needed: plan and replay.",
            "Without an action, says how many dead letters there are.",
            "Repairs of this pilot: "
                + (pilot.repairs().isEmpty()
                    ? "none."
                    : String.join(", ", new TreeMap<>(pilot.repairs()).keySet()) + "."));
  }

  private static Set<String> reasons() {
    Set<String> reasons = new TreeSet<>(Set.of(DeadLetterView.REFUSED_BY_VIEW));
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      reasons.add(reason.name());
    }
    return reasons;
  }

  @Override
  void check() {
    for (String reason : reasons) {
      if (!REASONS.contains(reason)) {
        throw new KappaException(
            "no dead letter has the reason '" + reason + "'", "use some of " + REASONS);
      }
    }
    boolean repairing = action.repairs != null || action.rule != null;
    if (repairing && (because == null || because.isBlank())) {
      throw new KappaException(
          "repairs want a reason", "say why they are right: --because='…'; the trail keeps it");
    }
    if (action.rule != null && !pilot.repairs().containsKey(action.rule)) {
      throw new KappaException(
          "the pilot %s has no repair '%s'".formatted(pilot.name(), action.rule),
          pilot.repairs().isEmpty()
              ? "it has none: export the dead letters and repair them in the file"
              : "use one of " + new TreeMap<>(pilot.repairs()).keySet());
    }
  }

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    int of = generation != null ? generation : active(lifecycle);
    try (ViewStore own = views(of).open()) {
      Redrive redrive = new Redrive(own, lifecycle, of);
      if (action.export != null) {
        export(redrive, of, action.export);
      } else if (action.repairs != null) {
        note(redrive, read(action.repairs));
      } else if (action.rule != null) {
        note(redrive, repaired(redrive, Objects.requireNonNull(pilot.repairs().get(action.rule))));
      } else {
        count(redrive, lifecycle, of);
      }
    }
    return 0;
  }

  private int active(Lifecycle lifecycle) {
    OptionalInt active = promotion(lifecycle).active();
    if (active.isEmpty()) {
      throw new KappaException(
          "there are no views of %s in %s".formatted(pilot.name(), view()),
          "correct --view, or build them with kappa run");
    }
    return active.getAsInt();
  }

  private boolean isMeant(RefusedRecord record) {
    return reasons.isEmpty() || reasons.contains(record.reason());
  }

  private void count(Redrive redrive, Lifecycle lifecycle, int of) {
    Set<String> repaired =
        lifecycle.repairs().stream().map(Repair::position).collect(Collectors.toSet());
    Map<String, int[]> counts = new TreeMap<>();
    redrive.each(
        record -> {
          if (isMeant(record)) {
            int[] count = counts.computeIfAbsent(record.reason(), unused -> new int[3]);
            count[0]++;
            count[1] += record.isRepairable() ? 1 : 0;
            count[2] += repaired.contains(record.position()) ? 1 : 0;
          }
        });
    if (counts.isEmpty()) {
      terminal.say("no dead letters in generation %d", of);
      return;
    }
    TextTable table = TextTable.of("<reason", ">dead letters", ">repairable", ">repair noted");
    counts.forEach(
        (reason, count) ->
            table.row(
                reason,
                Integer.toString(count[0]),
                Integer.toString(count[1]),
                Integer.toString(count[2])));
    table.write(terminal.out());
    terminal.say("next: kappa redrive %s --view=%s --export=dead.jsonl", pilot.name(), view());
  }

  private void export(Redrive redrive, int of, Path file) {
    int[] counts = new int[2];
    WholeFile.write(
        file,
        out ->
            redrive.each(
                record -> {
                  if (isMeant(record)) {
                    // A part of a value, changed, would be taken for all of it.
                    boolean whole = record.isRepairable() && record.isWhole();
                    counts[whole ? 0 : 1]++;
                    if (whole) {
                      line(out, record);
                    }
                  }
                }));
    terminal.say("%,d dead letters of generation %d in %s", counts[0], of, file);
    if (counts[1] > 0) {
      terminal.say(
          "%,d more are not there: no records of the log, or too large to be kept whole",
          counts[1]);
    }
    terminal.say(
        "next: change text or value, then kappa redrive %s --view=%s --repairs=%s --because=…",
        pilot.name(), view(), file);
  }

  private static void line(Writer out, RefusedRecord record) {
    try {
      out.write(Json.writeLine(RefusedLine.of(record)));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, byte[]> read(Path file) {
    Map<String, byte[]> values = new TreeMap<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new KappaException(
            file + " is larger than " + MAX_FILE_BYTES + " bytes",
            "export less at once, with --reason");
      }
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        String where = file + ", line " + number + ",";
        RefusedLine parsed = Json.read(where, line, RefusedLine.class);
        if (parsed == null) {
          throw new KappaException(where + " is null", "leave such lines out");
        }
        if (values.put(parsed.position(), parsed.bytes(where)) != null) {
          throw new KappaException(
              where + " has the position of a line before it", "keep one of them");
        }
      }
      return values;
    } catch (IOException e) {
      throw new KappaException(
          "cannot read " + file, "name a file of UTF-8 text from kappa redrive --export", e);
    }
  }

  private Map<String, byte[]> repaired(Redrive redrive, RepairRule rule) {
    Map<String, byte[]> values = new TreeMap<>();
    int[] others = new int[1];
    redrive.each(
        record -> {
          if (!isMeant(record) || !record.isRepairable()) {
            return;
          }
          byte[] value = record.value();
          byte[] better =
              value == null || !record.isWhole() ? null : rule.repair(record.reason(), value);
          if (better == null) {
            others[0]++;
          } else {
            values.put(record.position(), better);
          }
        });
    if (others[0] > 0) {
      terminal.progress("%,d dead letters that this does not repair", others[0]);
    }
    return values;
  }

  private void note(Redrive redrive, Map<String, byte[]> values) {
    Redrive.Result result = redrive.note(values, Objects.requireNonNull(because));
    terminal.say(
        "%,d repairs noted, %,d lines without a change", result.repaired(), result.unchanged());
    terminal.say("next: kappa plan %s --log=… --view=%s", pilot.name(), view());
  }
}
