package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ControlTable.Document;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * Each command of the replay lifecycle killed at a random moment, then run again, while somebody
 * reads the views. {@code -Dkappa.kills=50} kills more often, {@code -Dkappa.seed=…} as before.
 */
class ReplayKillIT {
  private static final int KILLS = Integer.getInteger("kappa.kills", 6);
  private static final long SEED = Long.getLong("kappa.seed", System.nanoTime());
  private static final long DEADLINE_SECONDS = 120;

  /** What {@code kill -9} leaves as an exit code. */
  private static final int KILLED = 137;

  /** A third of the kills falls into the last part of a command: before it, Java only starts. */
  private static final double LAST_PART = 0.3;

  /** Another third comes so soon after the first thing that a command has written. */
  private static final long AFTER_CHANGE_MILLIS = 60;

  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir private Path dir;
  private final Random random = new Random(SEED);
  private final Map<String, Long> usualMillis = new HashMap<>();
  private String view = "";

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void aCommandThatIsKilledAndRunAgainEndsRightAndNeverHalfWay() throws Exception {
    String log = kafka.uri("kills");
    view = "sqlite:" + dir.resolve("fraud.db");
    succeed(
        "simulate",
        "fraud",
        "--log=" + log,
        "--days=8",
        "--customers=20",
        "--terminals=20",
        "--corrupt=0.1");
    succeed("run", "fraud", "--log=" + log, "--view=" + view, "--until=latest");

    Reader reader = new Reader(dir.resolve("fraud.db"));
    try {
      killPlan(log, share(0));
      killReplay(log, share(1));
      killCompare(share(2));
      killMoves(share(3), share(4));
      killRedrive(share(5));
      killRetire();
    } finally {
      reader.end();
    }
    System.out.printf("%,d reads meanwhile, seed %d%n", reader.polls(), SEED);
    assertThat("seed " + SEED, reader.complaints(), is(empty()));
    assertThat(reader.polls(), greaterThan(0L));

    JsonNode audit =
        new ObjectMapper()
            .readTree(succeed("status", "fraud", "--view=" + view, "--json").out())
            .at("/audit");
    for (int i = 0; i < audit.size(); i++) {
      assertThat("no gap in the trail", audit.get(i).at("/number").asInt(), is(i + 1));
    }
    try (Connection connection = connect(dir.resolve("fraud.db"));
        Statement statement = connection.createStatement();
        ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
      assertThat(check.getString(1), is("ok"));
    }
  }

  /** How many of the kills a step gets: all the same, but for a rest. */
  private static int share(int step) {
    return (KILLS + 5 - step) / 6;
  }

  // ---- the steps

  private void killPlan(String log, int kills) throws Exception {
    Path file = dir.resolve("plan.json");
    String[] plan = {"plan", "fraud", "--log=" + log, "--view=" + view, "--out=" + file};
    measure(plan);
    String planned = Files.readString(file);
    for (int i = 0; i < kills; i++) {
      if (i % 2 == 0) {
        Files.delete(file);
      }
      kill(plan);
      if (Files.exists(file)) {
        assertThat("never a part of a plan", Files.readString(file), equalTo(planned));
      }
      succeed(plan);
      assertThat("same inputs, same plan", Files.readString(file), equalTo(planned));
    }
  }

  private void killReplay(String log, int kills) throws Exception {
    // Measured elsewhere: here the first one that is killed shall begin from nothing.
    Path elsewhere = dir.resolve("elsewhere.json");
    succeed(
        "plan",
        "fraud",
        "--log=" + log,
        "--view=sqlite:" + dir.resolve("elsewhere.db"),
        "--out=" + elsewhere);
    measure("replay", "--plan=" + elsewhere);
    String[] replay = {"replay", "--plan=" + dir.resolve("plan.json")};
    for (int i = 0; i < kills; i++) {
      kill(replay);
      assertThat("people see nothing of it", shown(), contains(1));
    }
    Called replayed = succeed(replay);
    assertThat(replayed.out(), containsString("reconciled: yes"));
    assertThat(digest(2), equalTo(digest(1)));
    assertThat(note("generation/fraud/000002").at("/state").asText(), is("BUILT"));
    assertThat(shown(), contains(1));
  }

  private void killCompare(int kills) throws Exception {
    String[] compare = {"compare", "fraud", "--view=" + view, "--after=2"};
    measure(compare);
    for (int i = 0; i < kills; i++) {
      kill(compare);
      assertThat(shown(), contains(1));
      assertThat(succeed(compare).out(), containsString("passed"));
      assertThat(note("comparison/fraud/000002/000001").at("/passed").asBoolean(), is(true));
    }
  }

  private void killMoves(int promotions, int rollbacks) throws Exception {
    String[] promote = {"promote", "fraud", "--view=" + view, "--generation=2"};
    String[] rollback = {"rollback", "fraud", "--view=" + view};
    measure(promote);
    measure(rollback);
    for (int i = 0; i < Math.max(promotions, rollbacks); i++) {
      if (i < promotions) {
        kill(promote);
      }
      succeed(promote);
      assertMoved("promote", 2, 1);
      if (i < rollbacks) {
        kill(rollback);
      }
      succeed(rollback);
      assertMoved("rollback", 1, 2);
    }
  }

  private void assertMoved(String step, int active, int previous) throws IOException {
    assertThat(shown(), contains(active));
    JsonNode pointer = note("pointer/fraud");
    assertThat(pointer.at("/active").asInt(), is(active));
    assertThat(pointer.at("/previous").asInt(), is(previous));
    assertThat(pointer.at("/step").asText(), is(step));
    assertThat("nothing left to do", pointer.has("moving"), is(false));
  }

  /** Each time with other repairs, so that there is something to note. */
  private void killRedrive(int kills) throws Exception {
    Path file = dir.resolve("dead.jsonl");
    for (int i = 0; i <= kills; i++) {
      succeed("redrive", "fraud", "--view=" + view, "--export=" + file);
      List<String> positions = new ArrayList<>();
      List<String> lines = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        String position = new ObjectMapper().readTree(line).at("/position").asText();
        positions.add(position);
        lines.add("{\"position\":\"%s\",\"text\":\"try %d\"}".formatted(position, i));
      }
      assertThat(positions.size(), greaterThan(10));
      Files.write(file, lines);
      String[] redrive = {
        "redrive", "fraud", "--view=" + view, "--repairs=" + file, "--because=try " + i
      };
      if (i == 0) {
        measure(redrive);
      } else {
        kill(redrive);
        succeed(redrive);
      }
      for (String position : positions) {
        assertThat(
            "once", note("repair/fraud/" + position).at("/repair/attempt").asInt(), is(i + 1));
      }
      assertThat(succeed(redrive).out(), containsString("0 repairs noted"));
    }
  }

  private void killRetire() throws Exception {
    String[] retire = {"retire", "fraud", "--view=" + view, "--generation=2", "--safetyPeriod=0s"};
    kill(retire);
    succeed(retire);
    assertThat(note("generation/fraud/000002").at("/state").asText(), is("RETIRED"));
    assertThat(shown(), contains(1));
    try (ViewStore store = Views.at(view, 2).open()) {
      for (ViewSchema schema : new FraudPilot().tables()) {
        assertThat(store.generations(schema), contains(1));
      }
    }
  }

  // ---- commands in processes of their own

  /** Runs a command to its end to know how long that takes. */
  private void measure(String... args) throws Exception {
    long start = System.nanoTime();
    Process process = start(args);
    assertThat("ended", process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), is(true));
    assertThat(Files.readString(output()), process.exitValue(), is(0));
    usualMillis.put(args[0], millisSince(start));
    System.out.printf("%s takes %,d ms%n", args[0], millisSince(start));
  }

  /** Kills a command somewhere between its start and its usual end. */
  private void kill(String... args) throws Exception {
    int exit = 0;
    while (exit != KILLED) {
      double at = random.nextDouble();
      int when = random.nextInt(3);
      long usual = usualMillis.getOrDefault(args[0], 0L);
      long delay = Math.round(usual * (when == 0 ? at : 1 - LAST_PART * at));
      long before = changes();
      long start = System.nanoTime();
      Process process = start(args);
      // A plan writes nothing but its file.
      boolean aimed = when == 2 && !args[0].equals("plan");
      if (aimed) {
        awaitChange(before, process);
        delay = Math.round(AFTER_CHANGE_MILLIS * at);
      }
      if (process.waitFor(delay, TimeUnit.MILLISECONDS)) {
        // Too late: it is quicker than it was.
        usualMillis.put(args[0], millisSince(start));
      }
      process.destroyForcibly();
      exit = process.waitFor();
      assertThat(Files.readString(output()), exit, anyOf(is(KILLED), is(0)));
      System.out.printf(
          "%s %s after %,d ms%s, %d notes written, people read %s%n",
          args[0],
          exit == KILLED ? "killed" : "ended",
          millisSince(start),
          aimed ? " (aimed)" : "",
          changes() - before,
          shown());
      assertThat("never half promoted, seed " + SEED, shown().size(), is(1));
    }
  }

  /** Waits until a command has written something, or has ended. */
  private void awaitChange(long before, Process process) throws InterruptedException {
    try (ViewStore store = Views.at(view, 1).open()) {
      while (changes(store) == before && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
        // not yet
      }
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + System.getProperty("kappa.java.args"));
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    // What a killed process leaves there goes with the test.
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(dir.resolve("tmp")));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Kappa.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output().toFile())
        .start();
  }

  private Path output() {
    return dir.resolve("output");
  }

  /** The same command again, in this process, since Java need not start once more. */
  private static Called succeed(String... args) {
    Called called = Called.kappa(args);
    assertThat(
        List.of(args) + ", seed " + SEED + ": " + called.err() + called.out(),
        called.code(),
        is(0));
    return called;
  }

  // ---- what is there

  private String digest(int generation) {
    try (ViewStore store = Views.at(view, generation).open()) {
      StringBuilder digests = new StringBuilder();
      for (ViewSchema schema : new FraudPilot().tables()) {
        digests.append(ViewDigest.of(store, schema)).append('\n');
      }
      return digests.toString();
    }
  }

  /** The generations that the views show: one, or something is wrong. */
  private SortedSet<Integer> shown() {
    SortedSet<Integer> shown = new TreeSet<>();
    try (ViewStore store = Views.at(view, 1).open()) {
      for (ViewSchema schema : new FraudPilot().tables()) {
        shown.add(store.activeGeneration(schema).orElse(0));
      }
    }
    return shown;
  }

  private JsonNode note(String key) throws IOException {
    try (ViewStore store = Views.at(view, 1).open()) {
      return new ObjectMapper().readTree(store.control().get(key).orElseThrow().text());
    }
  }

  /** How often anything beside the views was written: shows how far a command has come. */
  private long changes() {
    try (ViewStore store = Views.at(view, 1).open()) {
      return changes(store);
    }
  }

  private static long changes(ViewStore store) {
    return store.control().list("").stream().mapToLong(Document::version).sum();
  }

  private static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
    }
    return connection;
  }

  /** Somebody who looks at the views all the time, over a new connection each time. */
  private static final class Reader {
    private static final long PAUSE_MILLIS = 20;

    private final Path file;
    private final long rows;
    private final Thread thread = new Thread(this::read, "reader");
    // Written by the reader's thread, read after its end.
    private final List<String> complaints = new ArrayList<>();
    private long polls;
    private volatile boolean ended;

    Reader(Path file) throws SQLException {
      this.file = file;
      try (Connection connection = connect(file)) {
        rows = number(connection, "SELECT count(*) FROM scored_transactions");
      }
      thread.start();
    }

    private void read() {
      while (!ended) {
        try (Connection connection = connect(file)) {
          long found = number(connection, "SELECT count(*) FROM scored_transactions");
          if (found != rows) {
            complaints.add("%d rows instead of %d".formatted(found, rows));
          }
          // One statement sees one moment.
          long generations =
              number(
                  connection,
                  "SELECT count(DISTINCT sql LIKE '%\\_\\_g2%' ESCAPE '\\') FROM sqlite_master"
                      + " WHERE type = 'view'");
          if (generations != 1) {
            complaints.add("half promoted");
          }
          polls++;
          Thread.sleep(PAUSE_MILLIS);
        } catch (SQLException e) {
          complaints.add(e.toString());
        } catch (InterruptedException e) {
          ended = true;
        }
      }
    }

    private static long number(Connection connection, String query) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(query)) {
        result.next();
        return result.getLong(1);
      }
    }

    List<String> complaints() {
      return complaints;
    }

    long polls() {
      return polls;
    }

    void end() throws InterruptedException {
      ended = true;
      thread.join();
    }
  }
}
