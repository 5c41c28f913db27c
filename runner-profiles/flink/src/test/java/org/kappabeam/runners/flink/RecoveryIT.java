package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * A live Flink job in its own process, while events arrive out of order, some twice, some damaged:
 * the broker goes away and comes back, the job is killed and resumes from its last checkpoint. The
 * view ends as the one that a slice of the finished log gives.
 */
class RecoveryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int RECORDS_PER_SECOND = 3_000;

  @TempDir Path dir;

  private EmbeddedKafka kafka;
  private String log;
  private Path db;
  private Process job;
  private int starts;
  private volatile FeedReport progress = new FeedReport(0, 0, 0, 0, 0);

  /** So many records may be fed. */
  private final AtomicLong feedUntil = new AtomicLong(Long.MAX_VALUE);

  @BeforeEach
  void startBroker() {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    log = kafka.uri("fraud");
    Logs.create(log, 4, Map.of());
    db = dir.resolve("fraud.db");
  }

  @AfterEach
  void stop() throws Exception {
    if (job != null) {
      job.destroyForcibly().waitFor();
    }
    kafka.close();
  }

  @Test
  void aBrokerRestartInMidRunChangesNothing() throws Exception {
    // A week of the log is written in a second: a writer that finds one partition a second after
    // the others, as happens when a broker comes back, is a week late there.
    start(null, "--allowedLateness=30d");
    CompletableFuture<FeedReport> feed = feed();
    waitFor("a third of the feed", () -> progress.records() > 6_000);
    waitFor("the first rows", () -> rows() > 0);
    int port = kafka.port();
    kafka.close();
    kafka = EmbeddedKafka.start(dir.resolve("kafka"), port);
    FeedReport written = feed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertViewBecomesThatOfTheSlice(written);
    assertThat("the job survived", job.isAlive(), is(true));
  }

  @Test
  void aKilledJobResumesFromItsCheckpointAndEndsWithTheSameView() throws Exception {
    start(null);
    feedUntil.set(6_000);
    CompletableFuture<FeedReport> feed = feed();
    for (int kill = 1; kill <= 3; kill++) {
      long enough = kill * 4_500L;
      waitFor("record " + enough, () -> progress.records() > enough);
      waitFor("a checkpoint", () -> lastCheckpoint().isPresent());
      job.destroyForcibly().waitFor();
      start(lastCheckpoint().orElseThrow());
      waitFor("the restore", () -> output().contains("Restoring job"));
      // However slow the machine: what is killed next has work it has not done yet.
      feedUntil.addAndGet(4_500);
    }
    feedUntil.set(Long.MAX_VALUE);
    assertViewBecomesThatOfTheSlice(feed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  @Test
  void rowsComeOutWhileMostPartitionsAreEmptyAndOneWentIdle() throws Exception {
    log = kafka.uri("quiet");
    Logs.create(log, 8, Map.of());
    FraudSimulator source =
        new FraudSimulator(
            new FraudSimulator.Options(5, Instant.parse("2024-01-01T00:00:00Z"), 20, 2, 2));
    start(null);
    try (LogWriter writer = Logs.writer(log, Map.of())) {
      FeedReport written =
          new FraudFeed(FraudFeed.Options.clean(MessageFormat.AVRO), writer, report -> {})
              .run(source.iterator());
      waitFor("all rows", () -> rows() == written.transactions());
      assertThat(written.transactions(), greaterThan(20L));
    }
  }

  private CompletableFuture<FeedReport> feed() {
    return CompletableFuture.supplyAsync(
        () -> {
          FraudFeed.Options options =
              new FraudFeed.Options(
                  MessageFormat.AVRO,
                  Duration.ofHours(6).toMillis(),
                  0.05,
                  0.01,
                  11,
                  RECORDS_PER_SECOND);
          FraudSimulator source =
              new FraudSimulator(
                  new FraudSimulator.Options(
                      3, Instant.parse("2024-01-01T00:00:00Z"), 45, 200, 200));
          try (LogWriter writer = Logs.writer(log, Map.of())) {
            return new FraudFeed(options, writer, this::fed).run(source.iterator());
          }
        });
  }

  /** Takes the progress of the feed, and holds it up while it may not go on. */
  private void fed(FeedReport report) {
    progress = report;
    while (report.records() > feedUntil.get()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private void assertViewBecomesThatOfTheSlice(FeedReport written) throws Exception {
    FraudRun slice =
        FraudRun.of(log, dir.resolve("slice.db"), FraudRun.slice(0), FraudRun.direct());
    assertThat(slice.rows(), is(written.transactions()));
    assertThat(slice.rows(), greaterThan(10_000L));
    waitFor("all rows", () -> rows() == written.transactions());
    waitFor("the last corrections", () -> digest().equals(slice.scored()));
    waitFor("the last alerts", () -> alerts().equals(slice.alerts()));
  }

  private void start(Path checkpoint, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("@" + System.getProperty("kappa.java.args"));
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(FraudRunMain.class.getName());
    command.add("--log=" + log);
    command.add("--view=sqlite:" + db);
    command.add("--readMode=LIVE");
    command.addAll(FlinkRuns.embedded(2, true, checkpoints()));
    command.add("--externalizedCheckpointsEnabled=true");
    command.addAll(List.of(more));
    if (checkpoint != null) {
      Path conf = Files.createDirectories(dir.resolve("conf" + starts));
      Files.writeString(
          conf.resolve("flink-conf.yaml"), "execution.savepoint.path: " + checkpoint.toUri());
      command.add("--flinkConfDir=" + conf);
    }
    job =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(outputFile(++starts).toFile())
            .start();
  }

  private Path checkpoints() {
    return dir.resolve("checkpoints");
  }

  private Path outputFile(int start) {
    return dir.resolve("job-" + start + ".log");
  }

  private String output() {
    try {
      return Files.exists(outputFile(starts))
          ? Files.readString(outputFile(starts), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The newest checkpoint that is complete: its metadata is written last. */
  private Optional<Path> lastCheckpoint() {
    if (!Files.isDirectory(checkpoints())) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(checkpoints())) {
      return files
          .filter(f -> f.getFileName().toString().equals("_metadata"))
          .max(Comparator.comparing((Path f) -> f.toFile().lastModified()))
          .map(Path::getParent);
    } catch (IOException | UncheckedIOException e) {
      // Checkpoints come and go while we look.
      return Optional.empty();
    }
  }

  private long rows() {
    return new File(db.toString()).exists()
        ? view(store -> store.count(FraudViews.SCORED_TRANSACTIONS))
        : 0;
  }

  private long deadLetters() {
    return view(store -> store.count(DeadLetterView.schema()));
  }

  private String digest() {
    return view(store -> ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS));
  }

  private String alerts() {
    return view(store -> ViewDigest.of(store, FraudViews.ALERTS));
  }

  private <T> T view(Function<ViewStore, T> question) {
    try (ViewStore store = Views.at("sqlite:" + db, 1).open()) {
      store.create(FraudViews.SCORED_TRANSACTIONS);
      store.create(FraudViews.ALERTS);
      store.create(DeadLetterView.schema());
      return question.apply(store);
    }
  }

  private void waitFor(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "waited in vain for %s: %d rows, %d dead letters of %s; the job said: %s"
                .formatted(what, rows(), deadLetters(), progress, tail()));
      }
      if (!job.isAlive()) {
        throw new AssertionError("the job ended while waiting for " + what + ": " + tail());
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private String tail() {
    String all = output();
    return all.substring(Math.max(0, all.length() - 4_000));
  }
}
