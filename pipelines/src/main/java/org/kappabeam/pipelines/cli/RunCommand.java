package org.kappabeam.pipelines.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.pipelines.pilot.Durations;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.MessageOptions;
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
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      spec.addOption(optionSpec(option));
    }
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
        OptionCatalog.of(options).forEach(option -> spec.addOption(optionSpec(option)));
      }
      footer.add("");
      footer.add("Runner: " + runner.name() + ". What it is given unless you say otherwise:");
      runner
          .defaults(new RunnerProfile.Launch(false))
          .forEach((name, value) -> footer.add("  --" + name + "=" + value));
    }
    footer.add("Every other option of Beam and of the runner is taken, too, as --name=value.");
    spec.usageMessage().footer(footer.toArray(String[]::new));
    return spec;
  }

  private static OptionSpec optionSpec(OptionCatalog.Declared option) {
    String description = option.description();
    if (option.defaultValue() != null) {
      description += " Default: " + option.defaultValue() + ".";
    } else if (option.required()) {
      description += " Required.";
    }
    OptionSpec.Builder builder =
        OptionSpec.builder("--" + option.name())
            .type(option.type())
            .paramLabel(label(option))
            // A per cent sign or a reference in a description is not for picocli to fill in.
            .description(description.replace("%", "%%").replace("${", "$${"));
    return (option.isBoolean() ? builder.arity("0..1").fallbackValue("true") : builder).build();
  }

  private static String label(OptionCatalog.Declared option) {
    if (option.type().isEnum()) {
      List<String> names = new ArrayList<>();
      for (Object constant : option.type().getEnumConstants()) {
        names.add(constant.toString());
      }
      return String.join("|", names);
    }
    return option.isNumber() ? "N" : option.name().endsWith("Properties") ? "FILE" : "VALUE";
  }

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    ParseResult parsed = commandLine.getParseResult();
    List<String> given = given(parsed);
    RunnerProfile runner = Services.soleRunner();
    KappaOptions options;
    Log log;
    Views views;
    try {
      options = options(given, runner);
      check(options);
      log =
          Logs.open(
              options.getLog(), LogProperties.load(options.getLogProperties(), System.getenv()));
      views = Views.at(options.getView(), options.getGeneration());
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
    return execute(pilot, options, log, views, runner, terminal);
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
          new PilotRun(plan, runner, terminal, shutdown).toTheEnd(scratch.dir());
      boolean reconciled =
          Summary.print(outcome, pilot, Services.feedsOf(pilot), views, terminal.out());
      terminal.flush();
      return outcome.completed() ? (reconciled ? 0 : 1) : Kappa.INTERRUPTED;
    }
  }

  /** The options of a run as the command line would make them. */
  static KappaOptions options(RunnerProfile runner, String... given) {
    return options(List.of(given), runner);
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

  /** What was typed, as Beam takes it. */
  private List<String> given(ParseResult parsed) {
    List<String> given = new ArrayList<>();
    for (OptionSpec option : parsed.matchedOptionsSet()) {
      String name = option.longestName();
      // What is not in the catalogue is the command line's own, such as --verbose.
      if (isPipelineOption(name.substring(2))) {
        given.add(name + "=" + option.getValue());
      }
    }
    given.addAll(PipelineArguments.checked(spec, parsed.unmatched(), OptionCatalog.registered()));
    requireAll(given);
    return given;
  }

  /** After the unknown ones: a required option may just be mistyped. */
  private void requireAll(List<String> given) {
    List<String> missing = new ArrayList<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      if (option.required()
          && given.stream().noneMatch(arg -> arg.startsWith("--" + option.name() + "="))) {
        missing.add("--" + option.name() + "=" + label(option));
      }
    }
    if (!missing.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "still needed: " + String.join(" ", missing));
    }
  }

  private static boolean isPipelineOption(String name) {
    return OptionCatalog.registered().containsKey(name);
  }

  private static KappaOptions options(List<String> given, RunnerProfile runner) {
    boolean bounded = given.contains("--readMode=" + KappaOptions.ReadMode.SLICE);
    return PipelineArguments.options(KappaOptions.class, given, runner, bounded);
  }

  private static void check(KappaOptions options) {
    Durations.parse("allowedLateness", options.getAllowedLateness());
    Durations.parse("allowedSkew", options.getAllowedSkew());
    atLeast("generation", options.getGeneration(), 1);
    atLeast("shards", options.getShards(), 1);
    atLeast("maxRecordBytes", options.getMaxRecordBytes(), 1);
    atLeast("sliceRanges", options.getSliceRanges(), 0);
    MessageOptions.check(options);
    bound("from", options.getFrom(), "earliest", "latest");
    bound("until", options.getUntil(), "never", "latest");
    if (options.getReadMode() == KappaOptions.ReadMode.SLICE
        && options.getUntil().equals("never")) {
      throw new KappaException(
          "--readMode=SLICE needs an end", "add --until=latest or --until=<log time>");
    }
  }

  private static void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new KappaException(
          "--" + option + "=" + value + " is too small", "use " + least + " or more");
    }
  }

  private static void bound(String option, String value, String... words) {
    if (List.of(words).contains(value)) {
      return;
    }
    try {
      Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw new KappaException(
          "--" + option + "=" + value + " is no place in a log",
          "write " + String.join(", ", words) + " or a log time such as 2018-04-01T00:00:00Z",
          e);
    }
  }
}
