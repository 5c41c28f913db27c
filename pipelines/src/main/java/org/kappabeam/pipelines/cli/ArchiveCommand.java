package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.archive.ArchiveCopy;
import org.kappabeam.transforms.archive.ArchiveLog;
import org.kappabeam.transforms.archive.ArchiveStep;
import org.kappabeam.transforms.archive.ArchiveVerifier;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;
import org.kappabeam.transforms.log.Logs;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code kappa archive}: copies a log to files, or reads such files again to verify them. */
@Command(
    description = {
      "Copies a log to an archive of files, going on where the last run ended. What is archived"
          + " is read back with --log=archive:///path, or before the log itself with"
          + " --log=tiered:archive:///path,LOG. Killed at any moment, it is run again.",
    })
final class ArchiveCommand implements Callable<Integer> {
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Terminal terminal;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description =
          "The archive: archive:///path, archive+gs://bucket/prefix, archive+s3://… or"
              + " archive+hdfs://…. Made if it does not exist. Required.")
  private String to;

  @Option(
      names = "--log",
      paramLabel = "URI",
      description = "The log to copy. Required, except with --verify.")
  private @Nullable String log;

  @Option(
      names = "--logProperties",
      paramLabel = "FILE",
      description =
          "A properties file for the log's client (security and the like). Values may refer to"
              + " secrets as $${env:NAME} or $${file:PATH}.")
  private @Nullable String logProperties;

  @Option(
      names = "--from",
      paramLabel = "BOUND",
      defaultValue = LogBound.EARLIEST,
      description =
          "Where a new archive begins: earliest, latest, or a log time (2018-04-01T00:00:00Z)."
              + " Default: ${DEFAULT-VALUE}.")
  private String from;

  @Option(
      names = "--until",
      paramLabel = "BOUND",
      defaultValue = LogBound.LATEST,
      description = "Where to stop: latest, or a log time. Default: ${DEFAULT-VALUE}.")
  private String until;

  @Option(
      names = "--renamed",
      description =
          "The log is the one that the archive is of, though its URI is another than it was.")
  private boolean renamed;

  @Option(
      names = "--verify",
      description =
          "Copy nothing: read every file again and compare it with its manifest. One line per"
              + " problem; the exit code is 1 if there is one.")
  private boolean verify;

  @Option(
      names = "--fileRecords",
      paramLabel = "N",
      defaultValue = "100000",
      description =
          "At most so many records of a partition in one file; keep it for the life of an archive."
              + " Default: ${DEFAULT-VALUE}.")
  private long fileRecords;

  @Option(
      names = "--commitRecords",
      paramLabel = "N",
      defaultValue = "1000000",
      description =
          "Commit after about so many records: a run that is killed loses no more work, and a runner"
              + " that keeps all in memory needs no more of it. 0 is one commit for all. Default:"
              + " ${DEFAULT-VALUE}.")
  private long commitRecords;

  @Option(
      names = "--sliceRanges",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Into how many ranges to split the reading at least; 0 leaves it to the runner. Default:"
              + " ${DEFAULT-VALUE}.")
  private int sliceRanges;

  private ArchiveCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  static CommandSpec of(Terminal terminal) {
    ArchiveCommand command = new ArchiveCommand(terminal);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name("archive");
    command.spec = spec;
    spec.parser().unmatchedArgumentsAllowed(true);
    List<String> footer = new ArrayList<>(List.of("", "Logs:"));
    Logs.examples().forEach(example -> footer.add("  " + example));
    footer.add("");
    footer.add("Every option of Beam and of the runner is taken, too, as --name=value.");
    spec.usageMessage().sortOptions(false).footer(footer.toArray(String[]::new));
    return spec;
  }

  @Override
  public Integer call() {
    CommandLine commandLine = spec.commandLine();
    RunnerProfile runner = Services.soleRunner();
    PipelineOptions options;
    Log source = null;
    try {
      List<String> given =
          PipelineArguments.checked(
              spec, commandLine.getParseResult().unmatched(), PipelineArguments.withoutPilots());
      check();
      ArchiveLog.of(to);
      if (!verify) {
        source = Logs.open(log, LogProperties.load(logProperties, System.getenv()));
      }
      options = PipelineArguments.options(PipelineOptions.class, given, runner, true);
      if (!verify) {
        PipelineArguments.checkRun(options, runner);
      }
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
    runner.reach(options);
    FileSystems.setDefaultPipelineOptions(options);
    return source == null ? verify() : copy(source, options, runner);
  }

  private void check() {
    if (!verify && log == null) {
      throw new KappaException("still needed: --log=URI", "name the log to copy, or add --verify");
    }
    if (verify && log != null) {
      throw new KappaException("--verify reads no log", "leave out --log");
    }
    if (LogBound.until(until, LogBound.from(from)).text().equals(LogBound.NEVER)) {
      throw new KappaException(
          "--until=never is no end of a copy",
          "write latest, or a log time, and run it again later");
    }
    atLeast("fileRecords", fileRecords, 1);
    atLeast("commitRecords", commitRecords, 0);
    atLeast("sliceRanges", sliceRanges, 0);
  }

  private static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new KappaException(
          "--" + option + "=" + value + " is too small", "use " + least + " or more");
    }
  }

  private int verify() {
    long[] reported = {System.nanoTime()};
    ArchiveVerifier.Report report =
        ArchiveVerifier.verify(
            to,
            problem -> terminal.say("%s", problem),
            soFar -> {
              if (System.nanoTime() - reported[0] >= REPORT_EVERY_NANOS) {
                reported[0] = System.nanoTime();
                terminal.progress("%,d files, %,d records read", soFar.files(), soFar.records());
              }
            });
    terminal.say(
        "%,d files, %,d records: %s",
        report.files(),
        report.records(),
        report.problems() == 0 ? "all is sound" : "%,d problems".formatted(report.problems()));
    if (report.strays() > 0) {
      terminal.say(
          "%,d files belong to no commit: a run that was killed left them, they can be deleted"
              + " while no run goes on",
          report.strays());
    }
    return report.problems() == 0 ? 0 : 1;
  }

  private int copy(Log source, PipelineOptions options, RunnerProfile runner) {
    Scratch scratch = Scratch.create();
    // Closed in reverse: what is scratch is gone before the process may end.
    try (Shutdown shutdown = new Shutdown(scratch::close);
        scratch) {
      ArchiveCopy copy = ArchiveCopy.plan(source, to, from, until, renamed);
      List<ArchiveStep> steps = copy.steps(commitRecords, fileRecords, sliceRanges);
      terminal.progress(
          "archive on %s: copying up to %,d records of %s to %s in %,d commits",
          runner.name(), copy.slice().size(), source.uri(), to, steps.size());
      ArchiveRun run =
          new ArchiveRun(copy.slice().size(), options, runner, scratch.dir(), terminal, shutdown);
      for (ArchiveStep step : steps) {
        run.run(step);
      }
      terminal.say(
          "%,d records archived to %s in %,d commits, %.1f s",
          run.records(), to, steps.size(), run.seconds());
      return 0;
    } catch (Shutdown.Interrupted e) {
      terminal.progress("interrupted: what is committed is archived, run it again for the rest");
      return Kappa.INTERRUPTED;
    }
  }
}
