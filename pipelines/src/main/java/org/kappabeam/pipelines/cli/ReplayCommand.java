package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Planner;
import org.kappabeam.pipelines.replay.ReplayPlan;
import org.kappabeam.transforms.deadletter.Repairs;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogGap;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code kappa replay}: builds the generation that a plan names, beside the active one. */
@Command(
    description = {
      "Builds the generation that a plan names, beside the one people read: in its own tables, with"
          + " its own consumer group. Killed at any moment, it is run again.",
    })
final class ReplayCommand implements Callable<Integer> {
  private final List<Pilot> pilots;
  private final Terminal terminal;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      required = true,
      description = "The plan, as kappa plan wrote it. Required.")
  private Path planFile;

  @Option(
      names = "--catchUp",
      description =
          "Do not stop where the plan ends: go on as a live job, so that the generation is up to date"
              + " when it is promoted.")
  private boolean catchUp;

  @Option(
      names = "--maxRecordsPerSecond",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "The most records a second to read, per worker process; 0 is no limit. Default:"
              + " ${DEFAULT-VALUE}.")
  private long maxRecordsPerSecond;

  @Option(
      names = "--sliceRanges",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Into how many ranges to split the slice at least; 0 leaves it to the runner. Default:"
              + " ${DEFAULT-VALUE}.")
  private int sliceRanges;

  private ReplayCommand(List<Pilot> pilots, Terminal terminal) {
    this.pilots = pilots;
    this.terminal = terminal;
  }

  static CommandSpec of(List<Pilot> pilots, Terminal terminal) {
    PipelineOptionsFactory.register(KappaOptions.class);
    ReplayCommand command = new ReplayCommand(pilots, terminal);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name("replay");
    command.spec = spec;
    spec.parser().unmatchedArgumentsAllowed(true);
    spec.usageMessage()
        .sortOptions(false)
        .footer("", "Every option of Beam and of the runner is taken, too, as --name=value.");
    return spec;
  }

  @Override
  public Integer call() {
    RunnerProfile runner = Services.soleRunner();
    ReplayPlan plan;
    Pilot pilot;
    KappaOptions options;
    Log log;
    try {
      plan = ReplayPlan.parse(planFile.toString(), read());
      pilot = pilot(plan);
      requireSameProgram(plan, pilot);
      List<String> own =
          PipelineArguments.checked(
              spec,
              spec.commandLine().getParseResult().unmatched(),
              PipelineArguments.withoutPilots());
      options = options(plan, own, runner);
      PilotArguments.check(options);
      PipelineArguments.checkRun(options, runner);
      log =
          Logs.open(plan.log(), LogProperties.load(options.getLogProperties(), System.getenv()))
              // Its offsets are not those that show the live job's lag.
              .asConsumer("g" + plan.generation());
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    runner.reach(options);
    return run(plan, pilot, options, log, runner);
  }

  private String read() {
    try {
      return Files.readString(planFile);
    } catch (IOException e) {
      throw new KappaException(
          "cannot read the plan " + planFile, "name the file that kappa plan wrote", e);
    }
  }

  private Pilot pilot(ReplayPlan plan) {
    return pilots.stream()
        .filter(each -> each.name().equals(plan.pilot()))
        .findFirst()
        .orElseThrow(
            () ->
                new KappaException(
                    "the plan is for the pilot '" + plan.pilot() + "', which is not here",
                    "use one of "
                        + pilots.stream().map(Pilot::name).toList()
                        + ", or its program"));
  }

  /** A plan pins the logic: with another program it would be a proof of something else. */
  private static void requireSameProgram(ReplayPlan plan, Pilot pilot) {
    if (!plan.pipeline().equals(Version.ofProgram())) {
      throw new KappaException(
          "the plan is for version %s of the program, this is %s"
              .formatted(plan.pipeline(), Version.ofProgram()),
          "use that version, or plan again");
    }
    Map<String, List<String>> views = new TreeMap<>();
    for (ViewSchema schema : pilot.tables()) {
      views.put(schema.name(), Planner.columns(schema));
    }
    if (!views.equals(plan.views())) {
      throw new KappaException(
          "the views of this program are not those of the plan", "plan again with this program");
    }
  }

  private KappaOptions options(ReplayPlan plan, List<String> own, RunnerProfile runner) {
    List<String> args = new ArrayList<>();
    plan.options().forEach((name, value) -> args.add("--" + name + "=" + value));
    args.add("--log=" + plan.log());
    args.add("--view=" + plan.view());
    args.add("--generation=" + plan.generation());
    args.add("--maxRecordsPerSecond=" + maxRecordsPerSecond);
    if (catchUp) {
      // Schemas that are registered later belong to a live job, too.
      args.removeIf(arg -> arg.startsWith("--schemaPins="));
    } else {
      args.add("--readMode=" + KappaOptions.ReadMode.SLICE);
      args.add("--until=latest");
      args.add("--sliceRanges=" + sliceRanges);
    }
    args.addAll(own);
    return PilotArguments.options(args, runner);
  }

  private int run(
      ReplayPlan plan, Pilot pilot, KappaOptions options, Log log, RunnerProfile runner) {
    Views views = Views.at(plan.view(), plan.generation());
    Scratch scratch = Scratch.create();
    // Closed in reverse: what is scratch is gone before the process may end.
    try (Shutdown shutdown = new Shutdown(scratch::close);
        scratch) {
      List<LogGap> gaps = LogGap.find(log, plan.pinnedSlice(), false);
      if (!gaps.isEmpty()) {
        throw new KappaException(
            "records of the plan are gone from %s: %s"
                .formatted(
                    plan.log(),
                    gaps.stream().map(LogGap::toString).collect(Collectors.joining(", "))),
            "plan again, from an archive (--log=tiered:<archive>,<log>)");
      }
      KappaPipeline pipeline =
          KappaPipeline.pinned(
              pilot,
              options,
              log,
              catchUp ? plan.openSlice() : plan.pinnedSlice(),
              Repairs.of(plan.repairs()));
      terminal.progress(
          "plan %s on %s: building generation %d of %s from %s%s",
          plan.id(),
          runner.name(),
          plan.generation(),
          plan.pilot(),
          plan.log(),
          catchUp ? ", then live until Ctrl-C" : "");
      PilotRun.Outcome outcome =
          Tracked.run(
              pilot, options, log, pipeline, plan, runner, terminal, shutdown, scratch.dir());
      boolean reconciled =
          Summary.print(outcome, pilot, Services.feedsOf(pilot), views, terminal.out());
      terminal.say(
          "next: kappa compare %s --view=%s --after=%d",
          plan.pilot(), plan.view(), plan.generation());
      return outcome.completed() ? (reconciled ? 0 : 1) : Kappa.INTERRUPTED;
    }
  }
}
