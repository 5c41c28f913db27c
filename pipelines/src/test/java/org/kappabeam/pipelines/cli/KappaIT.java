package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

class KappaIT {
  private static final long DEADLINE_SECONDS = 120;

  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir private Path dir;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void simulatedTransactionsBecomeViewsAndASummary() {
    String log = kafka.uri("simulated");
    String view = view("fraud.db");

    Called simulated = simulate(log, "--shuffle=1h", "--duplicates=0.05", "--corrupt=0.02");
    Called run = Called.kappa("run", "fraud", "--log=" + log, "--view=" + view, "--until=latest");

    assertThat(simulated.err(), simulated.code(), is(0));
    assertThat(simulated.out(), containsString("records written to " + log));
    assertThat(run.err(), run.code(), is(0));
    assertThat(
        run.out(),
        allOf(
            containsString("reconciled: yes"),
            containsString("scored_transactions"),
            containsString("MALFORMED"),
            containsString("LARGE_AMOUNT")));
  }

  @Test
  void theSameCommandTwiceGivesTheSameViewAndSoDoesASlice() {
    String log = kafka.uri("twice");
    simulate(log, "--shuffle=1h", "--duplicates=0.05", "--corrupt=0.02");

    Called first = run(log, view("a.db"));
    List<String> once = digests("a.db");
    Called second = run(log, view("a.db"));
    Called slice = run(log, view("b.db"), "--readMode=SLICE", "--sliceRanges=7");

    assertThat(first.err(), first.code(), is(0));
    assertThat(second.err(), second.code(), is(0));
    assertThat(slice.err(), slice.code(), is(0));
    assertThat(digests("a.db"), equalTo(once));
    assertThat(digests("b.db"), equalTo(once));
  }

  @Test
  void aFormatThatDoesNotShowItselfIsReadIfItIsNamed() {
    String log = kafka.uri("avro");
    String plain = kafka.uri("plain");
    simulate(log);
    Called simulated = simulate(plain, "--messageFormat=PROTOBUF_PLAIN");

    Called shown = run(log, view("avro.db"));
    Called named = run(plain, view("plain.db"), "--messageFormat=PROTOBUF_PLAIN");
    Called unnamed = run(plain, view("unnamed.db"));

    assertThat(simulated.err(), simulated.code(), is(0));
    assertThat(shown.err(), shown.code(), is(0));
    assertThat(named.err(), named.code(), is(0));
    assertThat(digests("plain.db"), equalTo(digests("avro.db")));
    assertThat(unnamed.out(), containsString("MALFORMED"));
  }

  @Test
  void aSchemaRegistryThatIsNotThereIsOneLine() {
    String log = kafka.uri("registered");
    simulate(log);

    assertFailure(
        run(
            log,
            view("registered.db"),
            "--readMode=SLICE",
            "--schemaRegistryUrl=http://127.0.0.1:1"),
        "the schema registry at http://127.0.0.1:1 does not answer (ConnectException)");
    assertFailure(
        simulate(log, "--messageFormat=AVRO_CONFLUENT", "--schemaRegistryUrl=http://127.0.0.1:1"),
        "does not answer");
  }

  @Test
  void filesAreImported() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("transactions.csv"),
            """
            TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO
            0,2018-04-01 00:00:31,596,3156,57.16,0,0
            1,2018-04-01 00:02:10,4961,3412,281.51,1,1
            """);
    String log = kafka.uri("imported");

    Called imported = Called.kappa("import", "fraud", file.toString(), "--log=" + log);
    Called run = run(log, view("imported.db"));

    assertThat(imported.err(), imported.code(), is(0));
    assertThat(imported.out(), containsString("2 transactions, 1 fraud labels"));
    assertThat(run.out(), containsString("amount 281.51 is over 220.00"));
  }

  @Test
  void anArchivedLogGivesTheSameViewAndSoDoesATieredOne() throws IOException {
    String log = kafka.uri("archived");
    simulate(log, "--shuffle=1h", "--duplicates=0.05", "--corrupt=0.02");
    run(log, view("kafka.db"));
    List<String> expected = digests("kafka.db");

    Called first = archive("--log=" + log, "--until=2024-01-08T00:00:00Z", "--fileRecords=500");
    Called tiered = run("tiered:" + archive() + "," + log, view("tiered.db"));
    Called second = archive("--log=" + log, "--fileRecords=500", "--commitRecords=700");
    Called third = archive("--log=" + log, "--fileRecords=500");
    Called verified = archive("--verify");
    Called live = run(archive(), view("live.db"));
    Called slice = run(archive(), view("slice.db"), "--readMode=SLICE", "--sliceRanges=5");

    assertThat(first.err(), first.code(), is(0));
    assertThat(second.err(), second.code(), is(0));
    assertThat(third.out(), containsString("0 records archived"));
    assertThat(verified.out(), verified.code(), is(0));
    assertThat(verified.out(), containsString("all is sound"));
    for (Called run : List.of(tiered, live, slice)) {
      assertThat(run.err(), run.code(), is(0));
      assertThat(run.out(), containsString("reconciled: yes"));
    }
    assertThat(digests("tiered.db"), equalTo(expected));
    assertThat(digests("live.db"), equalTo(expected));
    assertThat(digests("slice.db"), equalTo(expected));
  }

  @Test
  void aDamagedArchiveIsToldLineByLine() throws IOException {
    String log = kafka.uri("damaged");
    simulate(log);
    archive("--log=" + log);
    Path victim;
    try (Stream<Path> files = Files.walk(dir.resolve("archive"))) {
      victim = files.filter(file -> file.toString().endsWith(".avro")).findFirst().orElseThrow();
    }
    Files.delete(victim);

    Called verified = archive("--verify");

    assertThat(verified.code(), is(1));
    assertThat(verified.out(), containsString("has no file " + name(victim)));
    assertThat(verified.out(), containsString(": 1 problems"));
    assertThat(verified.out().lines().count(), is(2L));
    assertFailure(run(archive(), view("x.db"), "--readMode=SLICE"), "has no file " + name(victim));
  }

  private String name(Path file) {
    return dir.resolve("archive").relativize(file).toString();
  }

  @Test
  void anArchiveThatIsNotThereOrDoesNotEndIsOneLine() {
    String log = kafka.uri("endless");
    simulate(log);

    assertFailure(run(archive(), view("x.db")), "there is no archive at " + archive());
    assertFailure(archive("--verify"), "there is no archive at " + archive());
    archive("--log=" + log);
    assertFailure(
        Called.kappa("run", "fraud", "--log=" + archive(), "--view=" + view("x.db")),
        "set --until=latest");
    assertFailure(simulate(archive()), "is not written record by record");
  }

  private String archive() {
    return "archive://" + dir.resolve("archive").toAbsolutePath();
  }

  private Called archive(String... more) {
    List<String> args = new ArrayList<>(List.of("archive", "--to=" + archive()));
    args.addAll(List.of(more));
    return Called.kappa(args.toArray(String[]::new));
  }

  @Test
  void aMissingFileIsOneLine() {
    assertFailure(
        Called.kappa("import", "fraud", "no-such.csv", "--log=" + kafka.uri("none")),
        "no file no-such.csv");
  }

  @Test
  void anUnreachableBrokerIsOneLine() {
    assertFailure(run("kafka://127.0.0.1:1/t", view("x.db")), "no Kafka broker answers at");
  }

  @Test
  void aMissingTopicIsOneLineAndLeavesNoView() {
    assertFailure(run(kafka.uri("missing"), view("missing.db")), "does not exist");
    assertThat(Files.exists(dir.resolve("missing.db")), is(false));
  }

  @Test
  void anUnwritableViewIsOneLine() throws IOException {
    String log = kafka.uri("unwritable");
    simulate(log);
    // Even the superuser cannot make a directory of a file.
    Files.writeString(dir.resolve("file"), "");

    assertFailure(run(log, view("file/fraud.db")), "cannot create the directory");
  }

  @Test
  void aViewThatIsNoDatabaseIsOneLine() throws IOException {
    String log = kafka.uri("nodatabase");
    simulate(log);
    Files.writeString(
        dir.resolve("text.db"), "this is not a database, but it is long enough ".repeat(50));

    Called run = run(log, view("text.db"));

    assertThat(run.err(), run.code(), is(1));
    assertThat(failure(run), containsString("text.db"));
  }

  @Test
  void anInterruptedMainJobLeavesNoProcessNoScratchAndAReadableView() throws Exception {
    Path temporary = Files.createDirectory(dir.resolve("tmp"));
    Process job = mainJob(temporary);
    awaitOutput("fraud on ", job);

    // What Ctrl-C and kill do: a signal, not the end.
    job.destroy();

    assertThat("ended", job.waitFor(15, TimeUnit.SECONDS), is(true));
    assertThat(job.exitValue(), is(143));
    assertThat(job.descendants().count(), is(0L));
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.toString().contains("kappa-")).count(), is(0L));
    }
    assertThat(query("pragma integrity_check"), equalTo("ok"));
  }

  @Test
  void theMainJobRunsToItsSummary() throws Exception {
    Process job = mainJob(Files.createDirectory(dir.resolve("tmp")));

    assertThat("ended", job.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), is(true));
    assertThat(output(), job.exitValue(), is(0));
    assertThat(
        output(),
        allOf(
            containsString("reconciled: yes"),
            containsString("Look at these first:"),
            containsString("sqlite3 kappa-demo/fraud.db"),
            containsString("Try next")));
    assertThat(
        Long.parseLong(query("SELECT count(*) FROM scored_transactions")), greaterThan(40_000L));
  }

  private Process mainJob(Path temporary) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Kappa.class.getName());
    return new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("output").toFile())
        .start();
  }

  private String output() throws IOException {
    return Files.readString(dir.resolve("output"), StandardCharsets.UTF_8);
  }

  private void awaitOutput(String text, Process job) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!output().contains(text)) {
      assertThat(output(), job.isAlive() && System.nanoTime() < deadline, is(true));
      job.waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  private String query(String sql) throws SQLException {
    Path file = dir.resolve("kappa-demo").resolve("fraud.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private static Called simulate(String log, String... more) {
    List<String> args = new ArrayList<>(List.of("simulate", "fraud", "--log=" + log));
    args.addAll(List.of("--days=12", "--customers=40", "--terminals=40"));
    args.addAll(List.of(more));
    return Called.kappa(args.toArray(String[]::new));
  }

  private static Called run(String log, String view, String... more) {
    List<String> args = new ArrayList<>(List.of("run", "fraud", "--log=" + log, "--view=" + view));
    args.add("--until=latest");
    args.addAll(List.of(more));
    return Called.kappa(args.toArray(String[]::new));
  }

  private String view(String file) {
    return "sqlite:" + dir.resolve(file);
  }

  private List<String> digests(String file) {
    List<String> digests = new ArrayList<>();
    try (ViewStore store = Views.at(view(file), 1).open()) {
      for (ViewSchema schema :
          List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS, DeadLetterView.schema())) {
        digests.add(ViewDigest.of(store, schema));
      }
    }
    return digests;
  }

  private static void assertFailure(Called called, String says) {
    assertThat(called.err(), called.code(), is(1));
    assertThat(called.out(), is(emptyString()));
    assertThat(failure(called), allOf(startsWith("kappa: "), containsString(says)));
  }

  /** The last line: progress may stand before it, a stack trace may not. */
  private static String failure(Called called) {
    assertThat(called.err().lines().filter(line -> !line.startsWith("  ")).count(), is(1L));
    return called.err().lines().reduce((before, last) -> last).orElse("");
  }
}
