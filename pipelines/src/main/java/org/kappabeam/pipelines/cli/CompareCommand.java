package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.compare.ExpectedDifferences;
import org.kappabeam.pipelines.compare.ViewParity;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.pipelines.replay.Comparison;
import org.kappabeam.pipelines.replay.ComparisonPage;
import org.kappabeam.pipelines.replay.GenerationComparison;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code kappa compare PILOT}: whether two generations say the same. */
@Command
final class CompareCommand extends LifecycleCommand {
  /** The exit code if they differ: neither a failure nor a success. */
  static final int DIFFERENT = 3;

  @Option(
      names = "--after",
      paramLabel = "N",
      required = true,
      description = "The generation that is to be promoted. Required.")
  private int after;

  @Option(
      names = "--before",
      paramLabel = "N",
      description = "The generation to compare it with. Default: the one people read.")
  private @Nullable Integer before;

  @Option(
      names = "--expected",
      paramLabel = "FILE",
      description = "The differences that are meant (see docs/operations.md); anything else fails.")
  private @Nullable Path expectedFile;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
  private @Nullable Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the result as a page.")
  private @Nullable Path html;

  private CompareCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    CommandSpec spec =
        new CompareCommand(pilot, terminal)
            .specification(
                "Compares two generations of the pilot "
                    + pilot.name()
                    + " row by row, on the runner.",
                "Rows whose events have not all been read in both are left out. Exit code: 0 nothing"
                    + " differs but what was expected to, 3 something does.");
    spec.parser().unmatchedArgumentsAllowed(true);
    spec.usageMessage()
        .footer("", "Every option of Beam and of the runner is taken, too, as --name=value.");
    return spec;
  }

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    RunnerProfile runner = Services.soleRunner();
    List<String> given =
        PipelineArguments.checked(
            spec,
            spec.commandLine().getParseResult().unmatched(),
            PipelineArguments.withoutPilots());
    PipelineOptions options = PipelineArguments.options(PipelineOptions.class, given, runner, true);
    PipelineArguments.checkRun(options, runner);
    runner.reach(options);
    FileSystems.setDefaultPipelineOptions(options);
    int older = before == null ? active(lifecycle) : before;
    if (older == after) {
      throw new KappaException(
          "generation " + after + " would be compared with itself", "name another with --before");
    }
    GenerationComparison comparison =
        GenerationComparison.plan(pilot, views(older), views(after), expected(), lifecycle, logs());
    Pipeline pipeline = Pipeline.create(options);
    comparison.build(pipeline);
    terminal.progress(
        "comparing generation %d with %d of %s%s",
        after,
        older,
        pilot.name(),
        comparison.completeUntil() == null ? "" : ", rows before " + comparison.completeUntil());
    Scratch scratch = Scratch.create();
    try (Shutdown shutdown = new Shutdown(scratch::close);
        scratch) {
      PipelineRun.toTheEnd(
          pipeline,
          runner,
          scratch.dir(),
          shutdown,
          (running, seconds) -> terminal.progress("comparing, %.0f s", seconds));
    } catch (Shutdown.Interrupted e) {
      terminal.progress("interrupted: nothing was concluded");
      return Kappa.INTERRUPTED;
    }
    Comparison result = comparison.conclude(store, lifecycle);
    print(result);
    write(json, result.toJson());
    write(html, ComparisonPage.of(pilot.name(), result));
    return result.passed() ? 0 : DIFFERENT;
  }

  private int active(Lifecycle lifecycle) {
    return promotion(lifecycle)
        .active()
        .orElseThrow(
            () -> new KappaException("there are no views in " + view(), "run the pilot first"));
  }

  private ExpectedDifferences expected() {
    Path file = expectedFile;
    if (file == null) {
      return ExpectedDifferences.none();
    }
    try {
      return ExpectedDifferences.parse(file.toString(), Files.readString(file), pilot.tables());
    } catch (IOException e) {
      throw new KappaException("cannot read " + file, "name a file that this user may read", e);
    }
  }

  private void print(Comparison result) {
    TextTable table =
        TextTable.of(
            "<view", ">equal", ">removed", ">added", ">changed", ">unexpected", ">left out");
    for (ViewParity view : result.views()) {
      table.row(
          view.view(),
          number(view.equal()),
          number(view.removed()),
          number(view.added()),
          number(view.changed()),
          number(view.unexpected()),
          number(view.leftOut()));
    }
    table.write(terminal.out());
    for (ViewParity view : result.views()) {
      if (!view.newColumns().isEmpty()) {
        terminal.say("  %s has new columns: %s", view.view(), view.newColumns());
      }
      view.changedColumns()
          .forEach(
              (column, rows) ->
                  terminal.say("  %s.%s changed in %,d rows", view.view(), column, rows));
      view.samples().stream()
          .filter(each -> !each.expected())
          .limit(3)
          .forEach(
              each ->
                  terminal.say(
                      "  %s %s %s: %s -> %s",
                      view.view(), each.key(), each.kind(), each.before(), each.after()));
    }
    terminal.say(
        result.passed()
            ? "passed: generation %d may take the place of generation %d"
            : "FAILED: generation %d differs from generation %d in ways nobody expected",
        result.to(),
        result.from());
  }

  private static String number(long n) {
    return "%,d".formatted(n);
  }

  private static void write(@Nullable Path file, String text) {
    if (file != null) {
      WholeFile.write(file, text);
    }
  }
}
