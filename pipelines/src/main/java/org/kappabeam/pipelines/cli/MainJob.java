package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotFeed;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine;

/**
 * {@code kappa} without arguments: the whole architecture once, with nothing installed. A real
 * Kafka broker in this process, simulated events that arrive late, twice and damaged, the pilot
 * live where the runner can, and a view in a file to look at.
 */
final class MainJob {
  static final String PILOT = "fraud";
  static final Path DIRECTORY = Path.of("kappa-demo");

  /** About 50,000 transactions. */
  private static final String[] SIMULATION = {"--days=45", "--customers=570", "--terminals=1000"};

  private static final PilotFeed.Manner MANNER =
      new PilotFeed.Manner(MessageFormat.AVRO, Duration.ofHours(1), 0.05, 0.01, 42, 0);

  private static final int PARTITIONS = 4;

  /** In the place of the broker that is not there yet. */
  private static final String ANY_LOG = "kafka://localhost:9092/transactions";

  private final Terminal terminal;
  private final Path directory;

  MainJob(Terminal terminal, Path directory) {
    this.terminal = terminal;
    this.directory = directory;
  }

  /** Returns the exit code. */
  int run() {
    RunnerProfile runner = Services.soleRunner();
    Path file = directory.resolve(PILOT + ".db");
    // Before a broker is started for nothing.
    runner.check(options(runner, ANY_LOG, file));
    try (FileChannel channel = lockFile()) {
      lock(channel);
      removeOldView(file);
      return run(runner, file);
    } catch (IOException e) {
      throw new KappaException(
          "cannot write to the directory " + directory, "start it where this user may write", e);
    }
  }

  private int run(RunnerProfile runner, Path file) {
    Scratch scratch = Scratch.create();
    // Closed in reverse: what is scratch is gone before the process may end.
    try (Shutdown shutdown = new Shutdown(scratch::close);
        scratch) {
      return run(runner, file, scratch.dir(), shutdown);
    } catch (Shutdown.Interrupted e) {
      terminal.progress("interrupted");
      return Kappa.INTERRUPTED;
    }
  }

  private int run(RunnerProfile runner, Path file, Path scratch, Shutdown shutdown) {
    Pilot pilot = pilot();
    PilotFeed feed = Services.feedsOf(pilot).get(0);
    terminal.progress("starting a Kafka broker in this process");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(scratch.resolve("kafka"))) {
      shutdown.check();
      String uri = kafka.uri("transactions");
      PilotFeed.Source simulator = feed.simulator();
      new CommandLine(simulator).parseArgs(SIMULATION);
      terminal.progress(
          "simulating card payments, 5 %% of them twice, 1 %% with a damaged copy, all up to an hour"
              + " late");
      FeedCommand.feed(simulator, MANNER, uri, PARTITIONS, Map.of(), terminal, shutdown);
      shutdown.check();
      return process(pilot, runner, uri, file, scratch, shutdown);
    }
  }

  private int process(
      Pilot pilot, RunnerProfile runner, String uri, Path file, Path scratch, Shutdown shutdown) {
    KappaOptions options = options(runner, uri, file);
    Log log = Logs.open(uri, Map.of());
    KappaPipeline plan = KappaPipeline.plan(pilot, options, log);
    terminal.progress("%s", RunCommand.opening(pilot, options, plan, runner));
    PilotRun.Outcome outcome =
        Tracked.run(pilot, options, log, plan, null, runner, terminal, shutdown, scratch);
    boolean reconciled =
        Summary.print(
            outcome,
            pilot,
            Services.feedsOf(pilot),
            Views.at(options.getView(), options.getGeneration()),
            terminal.out());
    next(file, Services.feedsOf(pilot).get(0).exampleQuery(), runner);
    return outcome.completed() ? (reconciled ? 0 : 1) : Kappa.INTERRUPTED;
  }

  private static KappaOptions options(RunnerProfile runner, String log, Path file) {
    return RunCommand.options(
        runner, "--log=" + log, "--view=sqlite:" + file, "--until=latest", reading(runner));
  }

  /** Live where the runner can. */
  private static String reading(RunnerProfile runner) {
    return "--readMode="
        + (runner.runsLive() ? KappaOptions.ReadMode.LIVE : KappaOptions.ReadMode.SLICE);
  }

  private void next(Path file, String query, RunnerProfile runner) {
    terminal.say("");
    terminal.say("The views are in %s. Query them with any SQLite client:", file);
    terminal.say("  sqlite3 %s \"%s\"", file, query);
    terminal.say("");
    terminal.say("Try next, with a Kafka broker of your own:");
    String log = "--log=kafka://localhost:9092/transactions";
    terminal.say("  simulate %s %s", PILOT, log);
    terminal.say(
        "  run %s %s --view=sqlite:fraud.db%s",
        PILOT, log, runner.runsLive() ? "" : " --until=latest " + reading(runner));
    terminal.say("  run %s --help", PILOT);
  }

  private static Pilot pilot() {
    return Services.pilots().stream()
        .filter(pilot -> pilot.name().equals(PILOT))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the pilot " + PILOT + " is not deployed"));
  }

  private FileChannel lockFile() throws IOException {
    Files.createDirectories(directory);
    return FileChannel.open(
        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** One main job at a time in a directory; the lock goes with the process, however it ends. */
  private void lock(FileChannel channel) throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new KappaException(
          "the main job is already running in " + directory.toAbsolutePath(),
          "wait for it, or start this one in another directory");
    }
  }

  /** The log is a new one each time, so the view is, too. */
  private static void removeOldView(Path file) throws IOException {
    for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
  }
}
