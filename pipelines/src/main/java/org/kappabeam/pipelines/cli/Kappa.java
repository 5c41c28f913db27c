package org.kappabeam.pipelines.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotFeed;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 done; 1 it failed, and a line on standard error says why and what
 * to do; 2 what was typed is wrong; 130 interrupted.
 */
@Command(
    name = "kappa",
    description = {
      "Kappa on Beam: one immutable log, one graph, every view rebuildable.",
      "Without a command: the whole architecture once, with nothing installed."
    })
public final class Kappa implements Callable<Integer> {
  /** The exit code after Ctrl-C, as shells have it. */
  static final int INTERRUPTED = 130;

  /** The exit code after SIGTERM, as shells have it. */
  private static final int TERMINATED = 143;

  private final Terminal terminal;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show what the libraries log.")
  private boolean verbose;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in the code a failure comes from.")
  private boolean stacktrace;

  private Kappa(Terminal terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) {
    if (Boolean.getBoolean("kappa.endWithParent")) {
      endWithParent();
    }
    Terminal terminal =
        new Terminal(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    int code = execute(terminal, args);
    terminal.flush();
    // Not after Ctrl-C: then the virtual machine is ending already.
    System.exit(code);
  }

  /** A launcher that is terminated does not tell its child. */
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent -> {
              CompletableFuture<Void> end =
                  parent.onExit().thenRunAsync(() -> System.exit(TERMINATED));
              // Nobody waits for it: it ends the process.
              end.isDone();
            });
  }

  /**
   * Runs a command in this process.
   *
   * @return its exit code
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    return execute(new Terminal(out, err), args);
  }

  /**
   * Runs a command in this process with pilots of one's own choice, such as one with another logic.
   *
   * @return its exit code
   */
  public static int execute(PrintWriter out, PrintWriter err, List<Pilot> pilots, String... args) {
    return commandLine(new Terminal(out, err), pilots).execute(args);
  }

  static int execute(Terminal terminal, String... args) {
    return commandLine(terminal).execute(args);
  }

  /** The whole tree of commands. */
  static CommandLine commandLine(Terminal terminal) {
    return commandLine(terminal, Services.pilots());
  }

  private static CommandLine commandLine(Terminal terminal, List<Pilot> pilots) {
    Kappa kappa = new Kappa(terminal);
    CommandSpec root = CommandSpec.forAnnotatedObject(kappa);
    CommandSpec run = group("run", "Keep the views of a pilot up to date from a log.");
    for (Pilot pilot : pilots) {
      run.addSubcommand(pilot.name(), RunCommand.of(pilot, terminal));
    }
    CommandSpec simulate = group("simulate", "Write simulated events to a log.");
    CommandSpec imports = group("import", "Write events from files to a log.");
    for (PilotFeed feed : Services.feeds()) {
      String name = feed.pilot();
      simulate.addSubcommand(
          name,
          FeedCommand.of(
              name, "Writes simulated events for " + name + ".", feed.simulator(), terminal));
      imports.addSubcommand(
          name,
          FeedCommand.of(
              name, "Writes events for " + name + " from files.", feed.importer(), terminal));
    }
    CommandSpec plan = group("plan", "Pin what a replay will read and how, into a file.");
    CommandSpec compare = group("compare", "Prove that two generations say the same.");
    CommandSpec promote = group("promote", "Let people read another generation.");
    CommandSpec rollback = group("rollback", "Let people read the generation before again.");
    CommandSpec retire = group("retire", "Remove the tables of a generation.");
    CommandSpec redrive = group("redrive", "Repair dead letters, for the next replay.");
    CommandSpec status = group("status", "Show the generations of a pilot.");
    for (Pilot pilot : pilots) {
      String name = pilot.name();
      plan.addSubcommand(name, PlanCommand.of(pilot, terminal));
      compare.addSubcommand(name, CompareCommand.of(pilot, terminal));
      promote.addSubcommand(name, PromoteCommand.of(pilot, terminal));
      rollback.addSubcommand(name, RollbackCommand.of(pilot, terminal));
      retire.addSubcommand(name, RetireCommand.of(pilot, terminal));
      redrive.addSubcommand(name, RedriveCommand.of(pilot, terminal));
      status.addSubcommand(name, StatusCommand.of(pilot, terminal));
    }
    CommandSpec archive = ArchiveCommand.of(terminal);
    CommandSpec replay = ReplayCommand.of(pilots, terminal);
    for (CommandSpec sub :
        List.of(
            run, simulate, imports, archive, plan, replay, compare, promote, rollback, retire,
            redrive, status)) {
      root.addSubcommand(sub.name(), sub);
    }
    complete(root);
    CommandLine commandLine = new CommandLine(root);
    commandLine.setOut(terminal.out());
    commandLine.setErr(terminal.err());
    commandLine.setUsageHelpWidth(100);
    commandLine.setUsageHelpAutoWidth(false);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setAbbreviatedOptionsAllowed(false);
    commandLine.setParameterExceptionHandler((e, wrong) -> mistyped(terminal, e));
    commandLine.setExecutionExceptionHandler((e, failed, parsed) -> kappa.failed(e));
    commandLine.setExecutionStrategy(
        parsed -> {
          Logging.configure(kappa.verbose);
          return new CommandLine.RunLast().execute(parsed);
        });
    return commandLine;
  }

  private static CommandSpec group(String name, String description) {
    CommandSpec group = CommandSpec.create().name(name);
    group.usageMessage().description(description).synopsisSubcommandLabel("PILOT");
    return group;
  }

  /** What every command has. */
  private static void complete(CommandSpec spec) {
    spec.mixinStandardHelpOptions(true);
    spec.versionProvider(new Version());
    spec.subcommands().values().forEach(sub -> complete(sub.getCommandSpec()));
  }

  @Override
  public Integer call() {
    return new MainJob(terminal, Path.of("").resolve(MainJob.DIRECTORY)).run();
  }

  private static int mistyped(Terminal terminal, ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = Failures.oneLine(String.valueOf(e.getMessage()) + hint(e));
    terminal.err().println("kappa: " + message + " (" + command + " --help explains)");
    terminal.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** The command or pilot that was probably meant, or those that there are. */
  private static String hint(ParameterException e) {
    Set<String> known = e.getCommandLine().getSubcommands().keySet();
    if (known.isEmpty()) {
      return "";
    }
    String nearest =
        e instanceof UnmatchedArgumentException unmatched
            ? OptionCatalog.nearest(unmatched.getUnmatched().get(0), known)
            : null;
    return nearest == null
        ? ": use one of " + String.join(", ", known)
        : ": did you mean " + nearest + "?";
  }

  private int failed(Exception e) {
    if (stacktrace) {
      e.printStackTrace(terminal.err());
    }
    terminal.err().println("kappa: " + Failures.line(e));
    terminal.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }
}
