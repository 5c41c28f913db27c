package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;
import org.kappabeam.transforms.jdbc.PostgresServer;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/**
 * A change of logic, from the plan to the end of the old generation: two live Flink jobs in
 * processes of their own, events that never cease, and somebody who reads the views all the time.
 */
class ReplayStoryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Simulated days are long, so that what is on its way at one moment is far less than one. */
  private static final int CUSTOMERS = 1_500;

  private static final int HISTORY = 9_000;
  private static final long FIRST_ID = 1_000_000_000L;
  private static final int RECORDS_PER_SECOND = 200;
  private static final int REPLAY_RECORDS_PER_SECOND = 1_000;
  private static final long CAUGHT_UP = 5L * RECORDS_PER_SECOND;
  private static final double MEASURED_SECONDS = 5;

  @TempDir private Path dir;

  private EmbeddedKafka kafka;
  private String log = "";
  private String view = "";
  private final List<Process> jobs = new ArrayList<>();
  private volatile boolean fed;

  @BeforeEach
  void startBroker() {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    log = kafka.uri("fraud");
    Logs.create(log, 4, Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    fed = true;
    for (Process job : jobs) {
      job.destroyForcibly().waitFor();
    }
    kafka.close();
  }

  @Test
  void readersOfSqliteSeeNothingOfAChangeButItsResult() throws Exception {
    Path db = dir.resolve("fraud.db");
    tell("sqlite:" + db, "jdbc:sqlite:" + db);
  }

  @Test
  void readersOfPostgresSeeNothingOfAChangeButItsResult() throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir.resolve("postgres"))) {
      postgres.createSchema("story");
      tell(postgres.uri("story"), "jdbc:" + postgres.uri("story"));
    }
  }

  private void tell(String viewUri, String jdbcUrl) throws Exception {
    view = viewUri;
    CompletableFuture<FeedReport> feed = CompletableFuture.supplyAsync(this::feed);
    Process old = start(Kappa.class, "run", "fraud", "--log=" + log, "--view=" + view);
    waitFor("the live job", () -> lag(1) < CAUGHT_UP);
    waitFor("the history", () -> Reader.once(jdbcUrl).history() == HISTORY);
    Progress rested = progress(1);
    waitFor("a measurement", () -> progress(1).seconds() > rested.seconds() + MEASURED_SECONDS);
    double before = progress(1).rateSince(rested);

    try (Reader reader = new Reader(jdbcUrl)) {
      succeed("plan", "fraud", "--log=" + log, "--view=" + view, "--out=" + plan());
      Progress undisturbed = progress(1);
      Process fresh =
          start(
              ChangedFraud.class,
              "replay",
              "--plan=" + plan(),
              "--catchUp",
              "--maxRecordsPerSecond=" + REPLAY_RECORDS_PER_SECOND);
      waitFor("the replay", () -> lag(2) < CAUGHT_UP);
      Progress replayed = progress(2);
      waitFor(
          "what was written since",
          () -> progress(1).seconds() > undisturbed.seconds() + MEASURED_SECONDS);
      double meanwhile = progress(1).rateSince(undisturbed);
      // No more than the feed gives: what had piled up at first is no pace.
      double offered = Math.min(before, RECORDS_PER_SECOND);
      assertThat("live records a second", meanwhile, greaterThanOrEqualTo(0.8 * offered));
      assertThat(replayed.records(), greaterThan((long) HISTORY));
      assertThat("it was held back", replayed.rate(), lessThan(1.1 * REPLAY_RECORDS_PER_SECOND));
      waitFor("the live job", () -> lag(1) < CAUGHT_UP);

      compare();
      waitFor("the new generation", () -> lag(2) < CAUGHT_UP);
      assertThat("nobody saw it yet", Reader.once(jdbcUrl).isNew(), is(false));
      promote();
      assertThat(Reader.once(jdbcUrl).isNew(), is(true));
      succeed("rollback", "fraud", "--view=" + view);
      assertThat(Reader.once(jdbcUrl).isNew(), is(false));
      promote();
      assertThat(old.isAlive(), is(true));
      old.destroy();
      assertThat("it ends when asked", old.waitFor(30, TimeUnit.SECONDS), is(true));
      succeed("retire", "fraud", "--view=" + view, "--generation=1", "--safetyPeriod=0s");

      assertThat(status(1).at("/state").asText(), is("RETIRED"));
      jobs.remove(old);
      String newest = Reader.once(jdbcUrl).newest();
      waitFor("the new job's next rows", () -> Reader.once(jdbcUrl).newest().compareTo(newest) > 0);
      assertThat(fresh.isAlive(), is(true));
      assertThat(feed.isDone(), is(false));
      reader.end();
      assertThat(reader.wrong, empty());
      assertThat("both were seen", List.of(reader.sawOld, reader.sawNew), is(List.of(true, true)));
      assertThat("polls", reader.polls.get(), greaterThan(500L));
    }
  }

  // ---- commands

  private Path plan() {
    return dir.resolve("plan.json");
  }

  private void compare() throws IOException {
    Path expected = dir.resolve("expected.json");
    Files.writeString(
        expected,
        """
        {"format": "kappa-expected-differences", "version": 1, "expected": [
          {"view": "alerts", "kind": "REMOVED", "where": {"rule": "LARGE_AMOUNT"}},
          {"view": "alerts", "kind": "CHANGED", "where": {"rule": "LARGE_AMOUNT"},
           "columns": ["rule_limit"], "because": "the limit was raised"}]}
        """);
    Path result = dir.resolve("result.json");
    succeed(
        "compare",
        "fraud",
        "--view=" + view,
        "--after=2",
        "--expected=" + expected,
        "--json=" + result);
    JsonNode views = new ObjectMapper().readTree(result.toFile()).at("/views");
    assertThat(views.at("/0/view").asText(), is("scored_transactions"));
    assertThat(views.at("/0/equal").asLong(), greaterThan(HISTORY / 3L));
    assertThat(views.at("/1/removed").asLong(), greaterThan(0L));
    assertThat(views.at("/1/changed").asLong(), greaterThan(0L));
  }

  private void promote() {
    succeed("promote", "fraud", "--view=" + view, "--generation=2", "--maxLag=" + 10 * CAUGHT_UP);
  }

  private static String succeed(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Kappa.execute(
            new PrintWriter(out), new PrintWriter(err), List.of(new ChangedFraud()), args);
    assertThat(List.of(args) + ": " + err + out, code, is(0));
    return out.toString();
  }

  private Process start(Class<?> main, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("@" + System.getProperty("kappa.java.args"));
    command.add("-Xmx768m");
    command.add("-Dkappa.endWithParent=true");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    Process job =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output(jobs.size() + 1).toFile())
            .start();
    jobs.add(job);
    return job;
  }

  private Path output(int job) {
    return dir.resolve("job-" + job + ".log");
  }

  // ---- events

  /** The history at once, then a steady stream until the end of the test. */
  private FeedReport feed() {
    Iterator<LabelledTransaction> events =
        new FraudSimulator(FraudSimulator.Options.of(7, 60, CUSTOMERS, CUSTOMERS)).iterator();
    Iterator<LabelledTransaction> paced =
        new Iterator<>() {
          private long given;
          private long start;

          @Override
          public boolean hasNext() {
            return !fed && events.hasNext();
          }

          @Override
          public LabelledTransaction next() {
            if (given++ == HISTORY) {
              start = System.nanoTime();
            }
            if (given > HISTORY) {
              long due = start + (given - HISTORY) * 1_000_000_000L / RECORDS_PER_SECOND;
              LockSupport.parkNanos(due - System.nanoTime());
            }
            return events.next();
          }
        };
    try (LogWriter writer = Logs.writer(log, Map.of())) {
      return new FraudFeed(FraudFeed.Options.clean(MessageFormat.AVRO), writer, report -> {})
          .run(paced);
    }
  }

  // ---- what is there

  /** How far a job is, by what it notes itself. */
  private record Progress(long records, double seconds) {
    double rate() {
      return records / seconds;
    }

    double rateSince(Progress before) {
      return (records - before.records) / (seconds - before.seconds);
    }
  }

  private Progress progress(int generation) {
    JsonNode known = status(generation).at("/known");
    return new Progress(known.at("/records").asLong(), known.at("/seconds").asDouble());
  }

  private long lag(int generation) {
    return progress(generation).records() == 0
        ? Long.MAX_VALUE
        : status(generation).at("/lag").asLong(Long.MAX_VALUE);
  }

  /** A missing node if there is none yet. */
  private JsonNode status(int generation) {
    try {
      String json = succeed("status", "fraud", "--view=" + view, "--json");
      return new ObjectMapper().readTree(json).at("/generations/" + (generation - 1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void waitFor(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what + "; the jobs said: " + said());
      }
      for (Process job : jobs) {
        if (!job.isAlive()) {
          throw new AssertionError("a job ended while waiting for " + what + ": " + said());
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private String said() throws IOException {
    StringBuilder said = new StringBuilder();
    for (int job = 1; job <= jobs.size(); job++) {
      String all = Files.readString(output(job));
      said.append("\n--- job ").append(job).append('\n');
      said.append(all.substring(Math.max(0, all.length() - 3_000)));
    }
    return said.toString();
  }

  /** Whoever reads the views, a hundred times a second. */
  private static final class Reader implements AutoCloseable {
    private static final long EVERY_NANOS = 10_000_000;

    /** A view without the new column takes the name from the outermost FROM. */
    private static final String QUERY =
        """
        SELECT
          (SELECT count(*) FROM scored_transactions WHERE transaction_id < '%1$s'),
          (SELECT count(*) FROM scored_transactions
            WHERE transaction_id < '%1$s' AND amount_euros IS NOT NULL),
          (SELECT count(*) FROM alerts WHERE rule = 'LARGE_AMOUNT' AND rule_limit < %2$s),
          (SELECT count(*) FROM alerts WHERE rule = 'LARGE_AMOUNT' AND rule_limit = %2$s),
          (SELECT max(transaction_id) FROM scored_transactions)
        FROM (SELECT CAST(NULL AS double precision) AS amount_euros) AS without
        """
            .formatted(FIRST_ID + HISTORY, ChangedFraud.LIMIT);

    final List<String> wrong = new CopyOnWriteArrayList<>();
    volatile boolean sawOld;
    volatile boolean sawNew;
    final AtomicLong polls = new AtomicLong();
    private final String jdbcUrl;
    private final Thread thread = new Thread(this::read, "reader");
    private volatile boolean ended;

    Reader(String jdbcUrl) {
      this.jdbcUrl = jdbcUrl;
      thread.start();
    }

    /**
     * What one statement says.
     *
     * @param history the rows of the history
     * @param fresh those of them that have the new feature
     * @param oldAlerts by the rule before its change
     * @param newAlerts by the changed rule
     * @param newest the newest row's key
     */
    record Answer(long history, long fresh, long oldAlerts, long newAlerts, String newest) {
      boolean isNew() {
        return fresh > 0;
      }

      boolean isWhole() {
        return history == HISTORY
            && (isNew()
                ? fresh == HISTORY && newAlerts > 0 && oldAlerts == 0
                : newAlerts == 0 && oldAlerts > 0);
      }

      static Answer of(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery(QUERY)) {
          result.next();
          return new Answer(
              result.getLong(1),
              result.getLong(2),
              result.getLong(3),
              result.getLong(4),
              String.valueOf(result.getString(5)));
        }
      }
    }

    static Answer once(String jdbcUrl) throws SQLException {
      try (Connection connection = DriverManager.getConnection(jdbcUrl);
          Statement statement = connection.createStatement()) {
        return Answer.of(statement);
      }
    }

    private void read() {
      try (Connection connection = DriverManager.getConnection(jdbcUrl);
          Statement statement = connection.createStatement()) {
        long next = System.nanoTime();
        while (!ended) {
          Answer answer = Answer.of(statement);
          polls.incrementAndGet();
          sawOld |= !answer.isNew();
          sawNew |= answer.isNew();
          if (!answer.isWhole()) {
            wrong.add(answer.toString());
          }
          next = Math.max(next + EVERY_NANOS, System.nanoTime() - EVERY_NANOS);
          LockSupport.parkNanos(next - System.nanoTime());
        }
      } catch (SQLException e) {
        wrong.add("after " + polls.get() + " polls: " + e);
      }
    }

    void end() throws InterruptedException {
      ended = true;
      thread.join();
    }

    @Override
    public void close() {
      ended = true;
    }
  }
}
