package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** The command line on Spark: slices and their lifecycle; and what it refuses. */
class SparkRunIT {
  private static final String SLICE = "--readMode=SLICE";
  private static final String UNTIL = "--until=latest";

  /** A number of records, more than none and less than all, before a share. */
  private static final Pattern PART_READ = Pattern.compile("records read \\([1-9]\\d? %\\)");

  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;
  private static String log;

  @TempDir private Path dir;

  @BeforeAll
  static void simulate() {
    kafka = EmbeddedKafka.start(kafkaDir);
    log = kafka.uri("transactions");
    Called.succeed(
        "simulate",
        "fraud",
        "--log=" + log,
        "--days=12",
        "--customers=40",
        "--terminals=40",
        "--shuffle=1h",
        "--duplicates=0.05",
        "--corrupt=0.02");
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void aGenerationIsPlannedReplayedComparedPromotedAndTakenBack() throws IOException {
    String view = "--view=" + view("fraud");
    Path plan = dir.resolve("plan.json");
    Path result = dir.resolve("result.json");

    String first = Called.succeed("run", "fraud", "--log=" + log, view, SLICE, UNTIL);
    Called.succeed("plan", "fraud", "--log=" + log, view, "--out=" + plan);
    String replay = Called.succeed("replay", "--plan=" + plan, "--sliceRanges=7");
    Called.succeed("compare", "fraud", view, "--after=2", "--json=" + result);
    Called.succeed("promote", "fraud", view, "--generation=2");
    int promoted = active(view);
    Called.succeed("rollback", "fraud", view);

    assertThat(first, containsString("reconciled: yes"));
    assertThat(replay, containsString("reconciled: yes"));
    JsonNode scored = new ObjectMapper().readTree(result.toFile()).at("/views/0");
    assertThat(scored.at("/equal").asLong(), is(rows("fraud")));
    assertThat(digests("fraud", 2), equalTo(digests("fraud", 1)));
    assertThat(List.of(promoted, active(view)), is(List.of(2, 1)));
  }

  @Test
  void aLogIsArchivedAndReadFromTheArchiveWithTheSameViews() {
    String archive = "archive://" + dir.resolve("archive").toAbsolutePath();
    Called.succeed("run", "fraud", "--log=" + log, "--view=" + view("kafka"), SLICE, UNTIL);

    Called.succeed("archive", "--log=" + log, "--to=" + archive, "--fileRecords=300");
    String read =
        Called.succeed(
            "run", "fraud", "--log=" + archive, "--view=" + view("archive"), SLICE, UNTIL);

    assertThat(read, containsString("reconciled: yes"));
    assertThat(
        Called.succeed("archive", "--to=" + archive, "--verify"), containsString("all is sound"));
    assertThat(digests("archive", 1), equalTo(digests("kafka", 1)));
  }

  @Test
  void aLiveReadIsRefusedBeforeAnythingIsTouched() {
    Called run = Called.kappa("run", "fraud", "--log=" + log, "--view=" + view("live"), UNTIL);

    assertRefused(run);
    assertThat(Files.exists(file("live")), is(false));
  }

  @Test
  void aReplayThatIsToGoOnLiveIsRefusedToo() {
    Path plan = dir.resolve("plan.json");
    String view = "--view=" + view("fraud");
    Called.succeed("run", "fraud", "--log=" + log, view, SLICE, UNTIL);
    Called.succeed("plan", "fraud", "--log=" + log, view, "--out=" + plan);

    assertRefused(Called.kappa("replay", "--plan=" + plan, "--catchUp"));
  }

  private static void assertRefused(Called called) {
    assertThat(called.code(), is(2));
    assertThat(called.err().strip().lines().count(), is(1L));
    assertThat(
        called.err(),
        allOf(
            containsString("Spark cannot read a log live"),
            containsString("no event timers"),
            containsString("--readMode=SLICE --until=latest")));
  }

  @Test
  void aFailureOnAWorkerIsOneLine() {
    Called called =
        Called.kappa(
            new FailingFraud(),
            "run",
            "fraud",
            "--log=" + log,
            "--view=" + view("failing"),
            SLICE,
            UNTIL);

    assertThat(called.code(), is(1));
    assertThat(
        called.err().lines().filter(line -> line.startsWith("kappa: ")).toList(),
        equalTo(List.of("kappa: " + FailingFraud.PROBLEM + ": make room")));
  }

  @Test
  void theMainJobReadsASlice() throws Exception {
    Path output = dir.resolve("job.log");
    Process job = kappa(output).directory(dir.toFile()).start();

    boolean ended = job.waitFor(3, TimeUnit.MINUTES);
    job.destroyForcibly().waitFor();

    String said = Files.readString(output);
    assertThat(said, ended, is(true));
    assertThat(said, job.exitValue(), is(0));
    assertThat(said, allOf(containsString("reconciled: yes"), containsString("--readMode=SLICE")));
  }

  @Test
  void progressIsShownWithinATaskAndCtrlCEndsARunInGoodOrder() throws Exception {
    Path temporary = Files.createDirectory(dir.resolve("tmp"));
    Path output = dir.resolve("job.log");
    Process job = slowRun(temporary, output);
    awaitPartRead(job, output);

    // What Ctrl-C and kill do: a signal, not the end.
    job.destroy();

    assertThat("ended", job.waitFor(15, TimeUnit.SECONDS), is(true));
    String said = Files.readString(output);
    assertThat(said, job.exitValue(), is(143));
    assertThat(
        said,
        allOf(
            containsString("interrupted, stopping the pipeline"),
            containsString("Interrupted after"),
            not(containsString("kappa: "))));
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.toString().contains("kappa-")).count(), is(0L));
    }
  }

  /** One range, so that one task reads all of it, for about a minute. */
  private Process slowRun(Path temporary, Path output) throws IOException {
    ProcessBuilder job =
        kappa(
            output,
            "run",
            "fraud",
            "--log=" + log,
            "--view=" + view("slow"),
            SLICE,
            UNTIL,
            "--sparkMaster=local[1]",
            "--maxRecordsPerSecond=100");
    job.command().add(1, "-Djava.io.tmpdir=" + temporary);
    return job.start();
  }

  private static ProcessBuilder kappa(Path output, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("kappa.java.args"),
                "-cp",
                System.getProperty("java.class.path"),
                Kappa.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
  }

  private static void awaitPartRead(Process job, Path output) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!PART_READ.matcher(Files.readString(output, StandardCharsets.UTF_8)).find()) {
      assertThat(Files.readString(output), job.isAlive(), is(true));
      assertThat("progress in time", System.nanoTime() < deadline, is(true));
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static int active(String view) throws IOException {
    String status = Called.succeed("status", "fraud", view, "--json");
    for (JsonNode generation : new ObjectMapper().readTree(status).at("/generations")) {
      if (generation.at("/active").asBoolean()) {
        return generation.at("/generation").asInt();
      }
    }
    return 0;
  }

  private Path file(String name) {
    return dir.resolve(name + ".db");
  }

  private String view(String name) {
    return "sqlite:" + file(name);
  }

  private long rows(String name) {
    try (ViewStore store = Views.at(view(name), 1).open()) {
      return store.count(FraudViews.SCORED_TRANSACTIONS);
    }
  }

  private List<String> digests(String name, int generation) {
    List<String> digests = new ArrayList<>();
    try (ViewStore store = Views.at(view(name), generation).open()) {
      for (ViewSchema schema :
          List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS, DeadLetterView.schema())) {
        digests.add(ViewDigest.of(store, schema));
      }
    }
    return digests;
  }
}
