package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code kappa run PILOT}. Its options are the getters of {@link KappaOptions}; whatever else the
 * runner or Beam has registered is taken as well.
 */
final class RunCommand implements Callable<Integer> {
  private static final String DRY_RUN = "dryRun";

  private final Pilot pilot;
  private final Terminal terminal;
  private final CommandSpec spec;

  private RunCommand(Pilot pilot, Terminal terminal) {
    this.pilot = pilot;
    this.terminal = terminal;
    this.spec = CommandSpec.wrapWithoutInspection(this).name(pilot.name());
  }

  /** The command for one pilot. */
  static CommandSpec of(Pilot pilot, Terminal terminal) {
    PipelineOptionsFactory.register(KappaOptions.class);
    RunCommand command = new RunCommand(pilot, terminal);
    CommandSpec spec = command.spec;
    spec.parser().unmatchedArgumentsAllowed(true);
    spec.usageMessage()
        .description("Reads a log, keeps the views of the pilot " + pilot.name() + " up to date.")
        .sortOptions(false);
    PilotArguments.declare(spec, Set.of());
    spec.addOption(
        OptionSpec.builder("--" + DRY_RUN)
            .type(boolean.class)
            .arity("0")
            .description(
                "Check every option, build the graph, print what would be run, and end. Neither log"
                    + " nor view is contacted.")
            .build());
    List<String> footer = new ArrayList<>();
    footer.add("");
    footer.add("Logs:");
    Logs.examples().forEach(example -> footer.add("  " + example));
    footer.add("");
    footer.add("Views:");
    Views.examples().forEach(example -> footer.add("  " + example));
    for (RunnerProfile runner : Services.runners()) {
      for (Class<? extends PipelineOptions> options : runner.options()) {
        PipelineOptionsFactory.register(options);
        OptionCatalog.of(options)
            .forEach(option -> spec.addOption(PilotArguments.optionSpec(option)));
      }
      footer.add("");
      footer.add("Runner: " + runner.name() + ". What it is given unless you say otherwise:");
      runner
          .defaults(new RunnerProfile.Launch(!runner.runsLive()))
          .forEach((name, value) -> footer.add("  --" + name + "=" + value));
    }
    footer.add("Every other option of Beam and of the runner is taken, too, as --name=value.");
    spec.usageMessage().footer(footer.toArray(String[]::new));
    return spec;
  }

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    ParseResult parsed = commandLine.getParseResult();
    List<String> given = PilotArguments.given(spec, parsed);
    RunnerProfile runner = Services.soleRunner();
    KappaOptions options;
    Log log;
    Views views;
    try {
      options = PilotArguments.options(given, runner);
      PilotArguments.check(options);
      log =
          Logs.open(
              options.getLog(), LogProperties.load(options.getLogProperties(), System.getenv()));
      views = Views.at(options.getView(), options.getGeneration());
      runner.check(options);
      if (parsed.hasMatchedOption("--" + DRY_RUN)) {
        DryRun.print(pilot, options, given, log, views, runner, terminal);
        return 0;
      }
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
    Optional<String> template = runner.template(options);
    if (template.isPresent()) {
      return write(pilot, options, log, runner, template.get(), terminal);
    }
    runner.reach(options);
    return execute(pilot, options, log, views, runner, terminal);
  }

  /** Writes the pipeline down for others to run. */
  private static int write(
      Pilot pilot,
      KappaOptions options,
      Log log,
      RunnerProfile runner,
      String template,
      Terminal terminal) {
    try (Scratch scratch = Scratch.create()) {
      KappaPipeline plan = KappaPipeline.template(pilot, options, log);
      runner.start(plan.build(), scratch.dir());
      terminal.say("template of %s written to %s", pilot.name(), template);
      return 0;
    }
  }

  /** Plans, runs and reports. */
  private static int execute(
      Pilot pilot,
      KappaOptions options,
      Log log,
      Views views,
      RunnerProfile runner,
      Terminal terminal) {
    Scratch scratch = Scratch.create();
    // Closed in reverse: what is scratch is gone before the process may end.
    try (Shutdown shutdown = new Shutdown(scratch::close);
        scratch) {
      KappaPipeline plan = KappaPipeline.plan(pilot, options, log);
      terminal.progress("%s", opening(pilot, options, plan, runner));
      PilotRun.Outcome outcome =
          Tracked.run(pilot, options, log, plan, null, runner, terminal, shutdown, scratch.dir());
      boolean reconciled =
          Summary.print(outcome, pilot, Services.feedsOf(pilot), views, terminal.out());
      terminal.flush();
      return outcome.completed() ? (reconciled ? 0 : 1) : Kappa.INTERRUPTED;
    }
  }

  /** The options of a run as the command line would make them. */
  static KappaOptions options(RunnerProfile runner, String... given) {
    return PilotArguments.options(List.of(given), runner);
  }

  /** What is about to happen, in one line. */
  static String opening(
      Pilot pilot, KappaOptions options, KappaPipeline plan, RunnerProfile runner) {
    String what = "without an end, until Ctrl-C";
    if (plan.slice().isPinned()) {
      long size = plan.slice().size();
      what = size == Slice.UNKNOWN_SIZE ? "to its end" : "up to %,d records".formatted(size);
    }
    return "%s on %s: reading %s %s, writing %s"
        .formatted(pilot.name(), runner.name(), options.getLog(), what, options.getView());
  }
}
