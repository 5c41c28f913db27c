package org.kappabeam.pipelines.pairs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.cli.Called;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.bigquery.FakeBigQuery;
import org.kappabeam.transforms.bigtable.BigtableEmulator;
import org.kappabeam.transforms.cassandra.CassandraServer;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.jdbc.PostgresServer;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.kinesis.KinesisMock;
import org.kappabeam.transforms.pubsub.PubsubEmulator;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * The whole fraud pilot on every log with SQLite, and on Kafka with every view, by the commands
 * that a user types, of which nothing changes but {@code --log} (with its properties) and {@code
 * --view}: one and the same digest of each view. The events are those of one seed: late by up to an
 * hour, some of them twice, some damaged.
 *
 * <p>{@code kappa.pairs.transactions} says how many, about. With those of the demo:
 *
 * <pre>{@code
 * mvn verify -pl pipelines -am -Dkappa.pairs.transactions=50000 -Dit.test=PairsIT \
 *   -Dfailsafe.failIfNoSpecifiedTests=false -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 */
class PairsIT {
  private static final int TRANSACTIONS = Integer.getInteger("kappa.pairs.transactions", 2_500);
  private static final int DAYS = 20;

  /** A simulated customer pays that often in that time, on average. */
  private static final int PER_CUSTOMER = 35;

  private static final int PER_TERMINAL = 25;

  /**
   * For each record that is written, the mock of Kinesis hashes all that its shard holds: with
   * 50,000 in four shards that takes many minutes, in small shards one.
   */
  private static final int SHARDS = Math.max(4, TRANSACTIONS / 500);

  /** Until when Kafka is archived in front of a tiered log: in the middle, and not between days. */
  private static final String TIER =
      LocalDate.parse("2024-01-01").plusDays(DAYS / 2) + "T10:00:00Z";

  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;
  private static String log;
  private static Result expected;

  @TempDir private Path dir;

  /**
   * What a run leaves in its views.
   *
   * @param refused dead letters; only their number, since a key of theirs is a position in its log
   */
  private record Result(String scored, String alerts, long rows, long alerted, long refused) {
    static Result in(String view) {
      try (ViewStore store = Views.at(view, 1).open()) {
        return new Result(
            ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS),
            ViewDigest.of(store, FraudViews.ALERTS),
            store.count(FraudViews.SCORED_TRANSACTIONS),
            store.count(FraudViews.ALERTS),
            store.count(DeadLetterView.schema()));
      }
    }
  }

  @BeforeAll
  static void runThePairThatOthersAreComparedWith(@TempDir Path first) {
    kafka = EmbeddedKafka.start(kafkaDir);
    log = kafka.uri("transactions");
    simulate(log);
    expected = result(log, "sqlite:" + first.resolve("fraud.db"));
    assertThat(expected.rows(), greaterThan(TRANSACTIONS * 9L / 10));
    assertThat(expected.alerted(), greaterThan(0L));
    assertThat(expected.refused(), greaterThan(0L));
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void aSliceOfKafka() {
    assertSameViews(log, sqlite(), "--readMode=SLICE");
  }

  @Test
  void pubsub() throws IOException, InterruptedException {
    try (PubsubEmulator emulator = PubsubEmulator.start(dir)) {
      String subscription = emulator.uri("transactions-" + ProcessHandle.current().pid());
      simulate(subscription);
      assertSameViews(subscription, sqlite());
    }
  }

  @Test
  void kinesisAndASliceOfIt() throws IOException {
    try (KinesisMock mock = KinesisMock.start(dir)) {
      String stream = mock.uri("transactions", true);
      String properties = "--logProperties=" + properties(mock.properties());
      simulate(stream, properties, "--partitions=" + SHARDS);
      assertSameViews(stream, sqlite("live"), properties);
      assertSameViews(stream, sqlite("slice"), properties, "--readMode=SLICE");
    }
  }

  @Test
  void anArchiveAndASliceOfIt() {
    String archive = archive("latest");
    assertSameViews(archive, sqlite("live"));
    assertSameViews(archive, sqlite("slice"), "--readMode=SLICE");
  }

  @Test
  void anArchiveWithKafkaBehindItAndASliceOfBoth() {
    String tiered = "tiered:" + archive(TIER) + "," + log;
    assertSameViews(tiered, sqlite("live"));
    assertSameViews(tiered, sqlite("slice"), "--readMode=SLICE");
  }

  @Test
  void postgresql() throws Exception {
    try (PostgresServer server = PostgresServer.start(dir.resolve("postgresql"))) {
      server.createSchema("pairs");
      assertSameViews(log, server.uri("pairs"));
    }
  }

  @Test
  void cassandra() throws IOException {
    try (CassandraServer server = CassandraServer.start(dir)) {
      server.createKeyspace("pairs");
      assertSameViews(log, server.uri("pairs"));
    }
  }

  @Test
  void bigtable() throws IOException {
    try (BigtableEmulator emulator = BigtableEmulator.start()) {
      assertSameViews(log, emulator.newInstance());
    }
  }

  /** On Beam's fakes, in this JVM: there is no emulator of BigQuery. */
  @Test
  void fakeBigQuery() {
    assertSameViews(log, FakeBigQuery.newDataset());
  }

  private static void simulate(String log, String... more) {
    long start = System.nanoTime();
    succeed(
        command(
            List.of(
                "simulate",
                "fraud",
                "--log=" + log,
                "--seed=7",
                "--days=" + DAYS,
                "--customers=" + Math.max(1, TRANSACTIONS / PER_CUSTOMER),
                "--terminals=" + Math.max(1, TRANSACTIONS / PER_TERMINAL),
                "--shuffle=1h",
                "--duplicates=0.05",
                "--corrupt=0.02"),
            more));
    System.out.printf("%s written in %.1f s%n", log, secondsSince(start));
  }

  private static void assertSameViews(String log, String view, String... more) {
    assertThat(view + " of " + log, result(log, view, more), is(expected));
  }

  /** Runs a pair and prints one line of what it leaves. */
  private static Result result(String log, String view, String... more) {
    long start = System.nanoTime();
    Called run =
        succeed(
            command(
                List.of("run", "fraud", "--log=" + log, "--view=" + view, "--until=latest"), more));
    assertThat(run.out(), containsString("reconciled: yes"));
    double seconds = secondsSince(start);
    Result result = Result.in(view);
    System.out.printf("%s in %s %s: %.1f s, %s%n", log, view, List.of(more), seconds, result);
    return result;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static String[] command(List<String> most, String... more) {
    List<String> all = new ArrayList<>(most);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Called succeed(String... command) {
    Called called = Called.kappa(command);
    assertThat(String.join(" ", command) + "\n" + called.err(), called.code(), is(0));
    return called;
  }

  /** Copies Kafka's records until then to a new archive. */
  private String archive(String until) {
    String archive = "archive://" + dir.resolve("archive").toAbsolutePath();
    succeed("archive", "--log=" + log, "--to=" + archive, "--until=" + until);
    return archive;
  }

  private Path properties(Map<String, String> settings) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    Path file = dir.resolve("log.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  private String sqlite() {
    return sqlite("fraud");
  }

  private String sqlite(String name) {
    return "sqlite:" + dir.resolve(name + ".db");
  }
}
