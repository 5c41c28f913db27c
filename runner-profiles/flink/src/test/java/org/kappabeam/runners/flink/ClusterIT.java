package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;
import org.kappabeam.runners.flink.standalone.StandaloneCluster;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.transforms.jdbc.PostgresServer;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * The fraud pilot on a Flink cluster of processes, launched by the command line, while events
 * arrive out of order, some twice, some damaged: TaskManagers and the JobManager are killed, the
 * job is stopped, changed, rescaled. The view ends as the one that a slice of the finished log
 * gives on Direct.
 */
class ClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int RECORDS_PER_SECOND = 500;

  /** Enough to be killed by; more with {@code -Dkappa.kills}. */
  private static final int KILLS = Integer.getInteger("kappa.kills", 2);

  @TempDir static Path dir;

  private static EmbeddedKafka kafka;
  private static PostgresServer postgres;
  private static ClusterFixture cluster;

  private final List<Process> launchers = new ArrayList<>();
  private volatile boolean fed;
  private String log;
  private String view;

  @BeforeAll
  static void startServers() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    postgres = PostgresServer.start(dir.resolve("postgres"));
    cluster = ClusterFixture.start(dir, 2);
  }

  @AfterAll
  static void stopServers() throws Exception {
    cluster.close();
    postgres.close();
    kafka.close();
  }

  @AfterEach
  void stopLaunchers() throws Exception {
    fed = true;
    for (Process launcher : launchers) {
      launcher.destroyForcibly().waitFor();
    }
    for (String job : cluster.jobs()) {
      cluster.cancel(job);
    }
  }

  private void newLog(String name) throws Exception {
    log = kafka.uri(name);
    Logs.create(log, 4, Map.of());
    postgres.createSchema(name);
    view = postgres.uri(name);
  }

  @Test
  void killedTaskManagersChangeNothing() throws Exception {
    newLog("task_managers");
    CompletableFuture<FeedReport> feed = feed();
    String job = launch(2);
    Random random = new Random(1);
    List<Double> recoveries = new ArrayList<>();
    for (int kill = 1; kill <= KILLS; kill++) {
      int enough = cluster.checkpoints(job) + 1;
      waitFor("a checkpoint", () -> cluster.checkpoints(job) >= enough);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
      int restores = cluster.restores(job);
      long killed = System.nanoTime();
      cluster.flink.killTaskManager(random.nextInt(cluster.flink.taskManagers()));
      cluster.flink.startTaskManager();
      waitFor("the restart", () -> cluster.restores(job) > restores && cluster.runs(job));
      recoveries.add(awaitNewRows(killed));
    }
    report("kill -9 of a TaskManager", recoveries);
    assertViewBecomesThatOfTheSlice(feed);
  }

  @Test
  void aKilledJobManagerChangesNothing() throws Exception {
    newLog("job_manager");
    CompletableFuture<FeedReport> feed = feed();
    String job = launch(2);
    List<Double> recoveries = new ArrayList<>();
    for (int kill = 1; kill <= Math.max(1, KILLS / 4); kill++) {
      int enough = cluster.checkpoints(job) + 1;
      waitFor("a checkpoint", () -> cluster.checkpoints(job) >= enough);
      long killed = System.nanoTime();
      cluster.flink.killJobManager();
      cluster.flink.startJobManager();
      waitFor("the job on the new JobManager", () -> cluster.runs(job));
      recoveries.add(awaitNewRows(killed));
    }
    report("kill -9 of the JobManager", recoveries);
    assertViewBecomesThatOfTheSlice(feed);
  }

  @Test
  void aJobThatIsStoppedChangedAndRescaledEndsWithTheSameView() throws Exception {
    newLog("rescaled");
    CompletableFuture<FeedReport> feed = feed();
    String job = launch(2);
    List<Double> pauses = new ArrayList<>();
    for (int parallelism : new int[] {1, 4}) {
      String running = job;
      int enough = cluster.checkpoints(job) + 1;
      waitFor("a checkpoint", () -> cluster.checkpoints(running) >= enough);
      if (parallelism == 4) {
        cluster.flink.startTaskManager();
        cluster.flink.startTaskManager();
        cluster.flink.awaitTaskManagers(4);
      }
      long stopped = System.nanoTime();
      String savepoint = cluster.stop(job);
      waitFor("the launcher that sees its job end", () -> !newest().isAlive());
      // Another program: it has a view more, so the graph is another one, with the same state.
      job = launch(UpgradedFraud.class, parallelism, "--savepointPath=" + savepoint);
      pauses.add(awaitNewRows(stopped));
    }
    report("savepoint, upgrade, resume at another parallelism", pauses);
    assertViewBecomesThatOfTheSlice(feed);
    assertThat(
        "what the upgrade adds",
        count(UpgradedFraud.LARGE_PAYMENTS, Views.at(view, 1)),
        greaterThan(0L));
    cluster.flink.killTaskManager(0);
    cluster.flink.killTaskManager(0);
    cluster.flink.awaitTaskManagers(2);
  }

  @Test
  void aSliceOnTheClusterIsTheSameViewAndAccountsForEveryRecord() throws Exception {
    newLog("slice");
    fed = true;
    CompletableFuture<FeedReport> feed = feed(new FraudSimulator(simulated(20)).iterator());
    FeedReport written = feed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    // With the program as the launcher finds it, all of it.
    Called called =
        Called.of(
            "run",
            "fraud",
            "--log=" + log,
            "--view=" + view,
            "--until=latest",
            "--readMode=SLICE",
            "--flinkMaster=" + cluster.flink.address());
    assertThat(called.err(), called.code(), is(0));
    assertThat(called.out(), containsString("reconciled: yes"));
    assertThat(called.out(), matchesPattern("(?s).*read +%,d\\n.*".formatted(written.records())));
    FraudRun direct = direct("-direct");
    assertThat(digests(view), is(List.of(direct.scored(), direct.alerts())));
  }

  @Test
  void ctrlCLeavesTheJobToTheClusterAndLagIsKnownWhileItIsWatched() throws Exception {
    newLog("watched");
    CompletableFuture<FeedReport> feed = feed();
    String job = launch(2);
    waitFor("records that it says it has read", () -> said().contains("records read"));
    waitFor("a lag that is known", () -> said().contains("records behind"));
    waitFor(
        "how far each partition is read",
        () ->
            new ObjectMapper()
                    .readTree(Called.of("status", "fraud", "--view=" + view, "--json").out())
                    .at("/generations/0/known/positions")
                    .size()
                == 4);
    assertThat(metricsOfAll(), containsString("flink_taskmanager_job_task_operator_kappa_read{"));
    assertThat(metricsOfAll(), containsString("flink_jobmanager_job_numRestarts{"));
    newest().destroy();
    assertThat(newest().waitFor(30, TimeUnit.SECONDS), is(true));
    assertThat(said(), containsString("the job goes on"));
    assertThat(said(), containsString("/#/job/" + job));
    assertThat(cluster.runs(job), is(true));
    assertViewBecomesThatOfTheSlice(feed);
  }

  @Test
  void aClusterThatSaysItIsOfAnotherFlinkIsRefusedBeforeAnythingIsTouched() throws Exception {
    Path doctored = Files.createDirectories(dir.resolve("doctored"));
    // Where Flink looks for its own version.
    Files.writeString(
        doctored.resolve(".flink-runtime.version.properties"),
        """
        project.version=1.18.1
        git.commit.id=0
        git.commit.id.abbrev=0
        git.commit.time=2023-12-19T22:17:55+0100
        git.build.time=2023-12-19T22:17:55+0100
        """);
    try (StandaloneCluster other =
        StandaloneCluster.in(
            dir.resolve("other"),
            doctored + File.pathSeparator + ClusterFixture.classPath(),
            ClusterFixture.configuration(),
            0,
            1,
            Map.of())) {
      other.start(0);
      Path untouched = dir.resolve("untouched.db");
      long start = System.nanoTime();
      Called called =
          Called.of(
              "run",
              "fraud",
              "--log=kafka://localhost:1/none",
              "--view=sqlite:" + untouched,
              "--flinkMaster=" + other.address());
      assertThat(called.code(), is(1));
      assertThat(called.err().strip().lines().count(), is(1L));
      assertThat(
          called.err(), containsString("runs Flink 1.18.1, this program is made for Flink 1.19"));
      assertThat(Files.exists(untouched), is(false));
      assertThat(System.nanoTime() - start, lessThan(TimeUnit.SECONDS.toNanos(20)));
    }
  }

  @Test
  void aClusterThatIsNotThereIsOneLine() throws Exception {
    Called called =
        Called.of(
            "run",
            "fraud",
            "--log=kafka://localhost:1/none",
            "--view=sqlite:" + dir.resolve("none.db"),
            "--flinkMaster=localhost:" + ClusterFixture.freePort());
    assertThat(called.code(), is(1));
    assertThat(called.err().strip().lines().count(), is(1L));
    assertThat(called.err(), containsString("no Flink answers at localhost:"));
  }

  /** Of every process that took one of the ports it is given. */
  private static String metricsOfAll() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int port = 9249; port < 9256; port++) {
      try {
        all.append(ClusterFixture.metrics(port));
      } catch (ConnectException e) {
        // Nobody took this one.
      }
    }
    return all.toString();
  }

  // ---- commands

  /** What a command said. */
  private record Called(int code, String out, String err) {
    static Called of(String... args) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int code = Kappa.execute(new PrintWriter(out), new PrintWriter(err), args);
      return new Called(code, out.toString(), err.toString());
    }
  }

  private String launch(int parallelism) throws Exception {
    return launch(Kappa.class, parallelism);
  }

  /** Launches a live job from a process of its own; returns the job. */
  private String launch(Class<?> main, int parallelism, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("@" + System.getProperty("kappa.java.args"));
    command.addAll(
        List.of(
            "-Xmx256m",
            "-Dkappa.endWithParent=true",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(
        List.of(
            main.getName(),
            "run",
            "fraud",
            "--log=" + log,
            "--view=" + view,
            "--flinkMaster=" + cluster.flink.address(),
            "--parallelism=" + parallelism,
            "--checkpointingInterval=2000",
            "--filesToStage=" + ClusterFixture.program()));
    command.addAll(Arrays.asList(more));
    launchers.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output(launchers.size() + 1).toFile())
            .start());
    waitFor("the job", () -> cluster.jobs().size() == 1 && cluster.runs(cluster.jobs().get(0)));
    return cluster.jobs().get(0);
  }

  private Process newest() {
    return launchers.get(launchers.size() - 1);
  }

  private Path output(int launcher) {
    return dir.resolve(log.substring(log.lastIndexOf('/') + 1) + "-launcher-" + launcher + ".log");
  }

  private String said() throws IOException {
    return Files.readString(output(launchers.size()));
  }

  // ---- events

  private static FraudSimulator.Options simulated(int days) {
    return new FraudSimulator.Options(3, Instant.parse("2024-01-01T00:00:00Z"), days, 200, 200);
  }

  /** A stream of events until the test says that it is enough. */
  private CompletableFuture<FeedReport> feed() {
    Iterator<LabelledTransaction> events = new FraudSimulator(simulated(3_000)).iterator();
    return feed(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return !fed && events.hasNext();
          }

          @Override
          public LabelledTransaction next() {
            return events.next();
          }
        });
  }

  private CompletableFuture<FeedReport> feed(Iterator<LabelledTransaction> events) {
    FraudFeed.Options options =
        new FraudFeed.Options(
            MessageFormat.AVRO,
            Duration.ofHours(6).toMillis(),
            0.05,
            0.01,
            11,
            fed ? 0 : RECORDS_PER_SECOND);
    return CompletableFuture.supplyAsync(
        () -> {
          try (LogWriter writer = Logs.writer(log, Map.of())) {
            return new FraudFeed(options, writer, report -> {}).run(events);
          }
        });
  }

  // ---- views

  private FraudRun direct(String name) {
    Path db = dir.resolve(log.substring(log.lastIndexOf('/') + 1) + name + ".db");
    return FraudRun.of(log, db, FraudRun.slice(0), FraudRun.direct());
  }

  private void assertViewBecomesThatOfTheSlice(CompletableFuture<FeedReport> feed)
      throws Exception {
    fed = true;
    FeedReport written = feed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    FraudRun slice = direct("-direct");
    assertThat(slice.rows(), is(written.transactions()));
    assertThat(slice.rows(), greaterThan(5_000L));
    waitFor("all rows", () -> rows() == written.transactions());
    waitFor("the same view", () -> digests(view).equals(List.of(slice.scored(), slice.alerts())));
    System.out.printf("%s: %d rows, the same view%n", log, slice.rows());
  }

  private static List<String> digests(String uri) {
    try (ViewStore store = Views.at(uri, 1).open()) {
      return List.of(
          ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS),
          ViewDigest.of(store, FraudViews.ALERTS));
    }
  }

  private long rows() {
    return count(FraudViews.SCORED_TRANSACTIONS, Views.at(view, 1));
  }

  private static long count(ViewSchema schema, Views views) {
    try (ViewStore store = views.open()) {
      return store.count(schema);
    }
  }

  /** Waits until the job writes again; the seconds since. */
  private double awaitNewRows(long since) throws Exception {
    long before = rows();
    waitFor("new rows", () -> rows() > before);
    return (System.nanoTime() - since) / 1e9;
  }

  private static void report(String what, List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted().toList();
    System.out.printf(
        "%s, %d times: new rows after %.1f s (median), %.1f to %.1f s%n",
        what,
        sorted.size(),
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void waitFor(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        String said = launchers.isEmpty() ? "" : said();
        throw new AssertionError(
            "waited in vain for "
                + what
                + "; the launcher said: "
                + said.substring(Math.max(0, said.length() - 3_000)));
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
