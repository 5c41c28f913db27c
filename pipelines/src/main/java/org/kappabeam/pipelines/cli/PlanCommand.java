package org.kappabeam.pipelines.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Planner;
import org.kappabeam.pipelines.replay.ReplayPlan;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code kappa plan PILOT}: pins what a replay will read, and how. */
@Command
final class PlanCommand implements Callable<Integer> {
  /** What a plan decides by itself, or is about how to run and not about what comes out. */
  private static final Set<String> NOT_PINNED =
      Set.of(
          "log",
          "view",
          "generation",
          "from",
          "until",
          "readMode",
          "sliceRanges",
          "maxRecordsPerSecond",
          "schemaPins");

  private final Pilot pilot;
  private final Terminal terminal;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "BOUND",
      defaultValue = Planner.ALL,
      description =
          "Where to begin: all (the first record there ever was, or no plan), earliest (the first"
              + " one still there), latest, or a log time (2018-04-01T00:00:00Z). Default:"
              + " ${DEFAULT-VALUE}.")
  private String from;

  @Option(
      names = "--until",
      paramLabel = "BOUND",
      defaultValue = LogBound.LATEST,
      description = "Where to stop: latest, or a log time. Default: ${DEFAULT-VALUE}.")
  private String until;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "plan.json",
      description = "The file to write. Default: ${DEFAULT-VALUE}.")
  private Path out;

  private PlanCommand(Pilot pilot, Terminal terminal) {
    this.pilot = pilot;
    this.terminal = terminal;
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    PipelineOptionsFactory.register(KappaOptions.class);
    PlanCommand command = new PlanCommand(pilot, terminal);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name(pilot.name());
    command.spec = spec;
    spec.parser().unmatchedArgumentsAllowed(true);
    spec.usageMessage()
        .description(
            "Pins what a replay of the pilot " + pilot.name() + " will read and how, into a file.",
            "Fails if records are gone. Writes nothing else; same inputs, same plan.")
        .sortOptions(false);
    PilotArguments.declare(spec, Set.of("from", "until", "readMode", "sliceRanges", "schemaPins"));
    return spec;
  }

  @Override
  public Integer call() {
    RunnerProfile runner = Services.soleRunner();
    KappaOptions options;
    Log log;
    List<String> given;
    try {
      given = PilotArguments.given(spec, spec.commandLine().getParseResult());
      given.removeIf(arg -> arg.startsWith("--from=") || arg.startsWith("--until="));
      if (until.equals(LogBound.NEVER)) {
        throw new KappaException(
            "--until=never is no end of a plan", "write latest; kappa replay --catchUp goes on");
      }
      List<String> bounded = new ArrayList<>(given);
      bounded.add("--readMode=" + KappaOptions.ReadMode.SLICE);
      bounded.add("--until=" + until);
      if (!from.equals(Planner.ALL)) {
        bounded.add("--from=" + from);
      }
      options = PilotArguments.options(bounded, runner);
      PilotArguments.check(options);
      log =
          Logs.open(
              options.getLog(), LogProperties.load(options.getLogProperties(), System.getenv()));
      // Only whether it can be a view.
      Views.at(options.getView(), options.getGeneration());
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Integer generation =
        given.stream().anyMatch(arg -> arg.startsWith("--generation="))
            ? options.getGeneration()
            : null;
    ReplayPlan plan =
        new Planner(pilot, options, Version.ofProgram())
            .plan(log, from, until, deciding(given), generation);
    WholeFile.write(out, plan.toJson());
    print(plan);
    return 0;
  }

  /** The options that decide results, those at their defaults too: defaults may change. */
  private static Map<String, String> deciding(List<String> given) {
    Map<String, String> pinned = new TreeMap<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      if (!NOT_PINNED.contains(option.name())) {
        String value = value(given, option);
        if (value != null) {
          pinned.put(option.name(), value);
        }
      }
    }
    return pinned;
  }

  private static @Nullable String value(List<String> given, OptionCatalog.Declared option) {
    String prefix = "--" + option.name() + "=";
    return given.stream()
        .filter(arg -> arg.startsWith(prefix))
        .map(arg -> arg.substring(prefix.length()))
        .findFirst()
        .orElse(option.defaultValue());
  }

  private void print(ReplayPlan plan) {
    terminal.out().print(plan.toJson());
    ReplayPlan.Estimate estimate = plan.estimate();
    terminal.say(
        "plan %s: generation %d of %s from %s, in %s",
        plan.id(), plan.generation(), plan.pilot(), plan.log(), out);
    if (!plan.repairs().isEmpty()) {
      terminal.say("with %,d repairs of refused records", plan.repairs().size());
    }
    if (estimate.records() >= 0) {
      terminal.say(
          "about %,d records%s, %,d s at %,d records a second",
          estimate.records(),
          estimate.bytes() < 0 ? "" : ", %,d bytes".formatted(estimate.bytes()),
          estimate.seconds(),
          estimate.recordsPerSecond());
    }
    terminal.say("next: kappa replay --plan=%s", out);
  }
}
