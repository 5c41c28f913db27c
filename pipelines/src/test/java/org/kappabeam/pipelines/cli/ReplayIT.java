package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

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
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** The life of a generation, command by command, on a real broker and SQLite. */
class ReplayIT {
  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir private Path dir;
  private String log = "";
  private String view = "";

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void simulate(TestInfo test) {
    log = kafka.uri(test.getTestMethod().orElseThrow().getName());
    view = "sqlite:" + dir.resolve("fraud.db");
    succeed(
        "simulate",
        "fraud",
        "--log=" + log,
        "--days=12",
        "--customers=40",
        "--terminals=40",
        "--duplicates=0.05",
        "--corrupt=0.02");
  }

  @Test
  void aReplayOfTheSameLogicIsProvenPromotedRolledBackAndRetired() throws Exception {
    run();
    Called plan = plan();
    String planned = Files.readString(planFile());
    plan();
    assertThat("same inputs, same plan", Files.readString(planFile()), equalTo(planned));
    assertThat(plan.out(), containsString("generation 2 of fraud"));

    Called early = Called.kappa("promote", "fraud", "--view=" + view, "--generation=2");
    assertThat(early.code(), is(1));
    assertThat(early.err(), containsString("nothing is known of generation 2"));
    Called replayed = replay();
    assertThat(replayed.out(), containsString("reconciled: yes"));
    assertThat("people see nothing of it", shownGeneration(), is(1));
    assertThat(digest(2), equalTo(digest(1)));

    Called unproven = Called.kappa("promote", "fraud", "--view=" + view, "--generation=2");
    assertThat(unproven.code(), is(1));
    assertThat(unproven.err(), containsString("was not compared"));
    Called compared = compare();
    assertThat(compared.err() + compared.out(), compared.code(), is(0));
    assertThat(compared.out(), containsString("passed"));

    succeed("promote", "fraud", "--view=" + view, "--generation=2");
    assertThat(shownGeneration(), is(2));
    succeed("rollback", "fraud", "--view=" + view);
    assertThat(shownGeneration(), is(1));
    succeed("rollback", "fraud", "--view=" + view);
    assertThat("twice goes back once", shownGeneration(), is(1));
    succeed("promote", "fraud", "--view=" + view, "--generation=2");
    Called tooEarly = Called.kappa("retire", "fraud", "--view=" + view, "--generation=1");
    assertThat(tooEarly.err(), containsString("the way back until"));
    Called active = Called.kappa("retire", "fraud", "--view=" + view, "--generation=2");
    assertThat(active.err(), containsString("the one people read"));
    succeed("retire", "fraud", "--view=" + view, "--generation=1", "--safetyPeriod=0s");
    assertThat(shownGeneration(), is(2));
    Called gone = Called.kappa("rollback", "fraud", "--view=" + view);
    assertThat(gone.code(), is(1));
    assertThat(gone.err(), containsString("retired"));

    JsonNode status =
        new ObjectMapper().readTree(succeed("status", "fraud", "--view=" + view, "--json").out());
    assertThat(
        steps(status),
        contains("replay", "replay", "compare", "promote", "rollback", "promote", "retire"));
    assertThat(status.at("/generations/0/state").asText(), is("RETIRED"));
    assertThat(status.at("/generations/1/active").asBoolean(), is(true));
    assertThat(
        succeed("status", "fraud", "--view=" + view).out(),
        allOf(
            containsString("RETIRED"),
            containsString("active"),
            containsString("passed against 1")));
  }

  @Test
  void aChangedCellAMissingRowAndAnExtraRowAreFoundEach() throws Exception {
    run();
    plan();
    replay();
    sql(
        "UPDATE scored_transactions__g2 SET amount_cents = amount_cents + 1 WHERE transaction_id ="
            + " (SELECT min(transaction_id) FROM scored_transactions__g2)");
    Called changed = compare("--json=" + dir.resolve("a.json"), "--html=" + dir.resolve("a.html"));
    assertThat(changed.out(), changed.code(), is(CompareCommand.DIFFERENT));
    JsonNode found = json("a.json", "scored_transactions");
    assertThat(found.at("/changed").asLong(), is(1L));
    assertThat(found.at("/changedColumns/amount_cents").asLong(), is(1L));
    assertThat(found.at("/unexpected").asLong(), is(1L));
    assertThat(found.at("/hashBefore").asText(), not(equalTo(found.at("/hashAfter").asText())));
    assertThat(Files.readString(dir.resolve("a.html")), containsString("amount_cents = "));
    Called refused = Called.kappa("promote", "fraud", "--view=" + view, "--generation=2");
    assertThat(refused.err(), containsString("differs"));

    sql(
        "UPDATE scored_transactions__g2 SET amount_cents = amount_cents - 1 WHERE transaction_id ="
            + " (SELECT min(transaction_id) FROM scored_transactions__g2)");
    assertThat("mended", compare().code(), is(0));
    sql(
        "DELETE FROM alerts__g2 WHERE alert_id ="
            + " (SELECT min(alert_id) FROM alerts__g2 WHERE NOT withdrawn)");
    Called removed = compare("--json=" + dir.resolve("b.json"));
    assertThat(removed.code(), is(CompareCommand.DIFFERENT));
    assertThat(json("b.json", "alerts").at("/removed").asLong(), is(1L));

    sql(
        "DELETE FROM dead_letters__g1 WHERE position ="
            + " (SELECT min(position) FROM dead_letters__g1)");
    Called added = compare("--json=" + dir.resolve("c.json"));
    assertThat(added.code(), is(CompareCommand.DIFFERENT));
    assertThat(json("c.json", "dead_letters").at("/added").asLong(), is(1L));

    succeed(
        "promote", "fraud", "--view=" + view, "--generation=2", "--force", "--reason=it is a test");
    assertThat(
        succeed("status", "fraud", "--view=" + view).out(), containsString("forced: it is a test"));
  }

  @Test
  void aChangeOfLogicPassesOnlyIfItIsExpected() throws Exception {
    run();
    Pilot changed = new ChangedFraudPilot();
    Called plan = Called.kappa(changed, planArgs());
    assertThat(plan.err(), plan.code(), is(0));
    Called otherProgram = Called.kappa("replay", "--plan=" + planFile());
    assertThat(otherProgram.err(), containsString("are not those of the plan"));
    Called replayed = Called.kappa(changed, "replay", "--plan=" + planFile());
    assertThat(replayed.err(), replayed.code(), is(0));

    Called surprised = Called.kappa(changed, compareArgs());
    assertThat(surprised.code(), is(CompareCommand.DIFFERENT));
    assertThat(surprised.out(), containsString("new columns: [amount_euros]"));
    Path expected = dir.resolve("expected.json");
    Files.writeString(
        expected,
        """
        {"format": "kappa-expected-differences", "version": 1, "expected": [
          {"view": "alerts", "kind": "REMOVED", "where": {"rule": "LARGE_AMOUNT"},
           "because": "the rule is gone"}]}
        """);
    Called passed = Called.kappa(changed, compareArgs("--expected=" + expected));
    assertThat(passed.out(), passed.code(), is(0));
    Called promoted = Called.kappa(changed, "promote", "fraud", "--view=" + view, "--generation=2");
    assertThat(promoted.err(), promoted.code(), is(0));
    assertThat(number("SELECT count(amount_euros) FROM scored_transactions"), greaterThan(400L));
    Called back = Called.kappa(changed, "rollback", "fraud", "--view=" + view);
    assertThat(back.err(), back.code(), is(0));
    assertThat(number("SELECT count(*) FROM alerts WHERE rule = 'LARGE_AMOUNT'"), greaterThan(0L));
  }

  @Test
  void recordsThatAreGoneRefuseThePlanUnlessAnArchiveHasThem() throws Exception {
    String archive = "archive://" + dir.resolve("archive");
    succeed("archive", "--log=" + log, "--to=" + archive);
    run();
    String topic = log.substring(log.lastIndexOf('/') + 1);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 1), RecordsToDelete.beforeOffset(50)))
          .all()
          .get();
    }
    for (String from : List.of("all", "2023-01-01T00:00:00Z")) {
      Called refused = Called.kappa(planArgs("--from=" + from));
      assertThat(refused.code(), is(1));
      assertThat(refused.err(), containsString("partition 1 before offset 50"));
    }
    Called without = Called.kappa(planArgs("--from=earliest"));
    assertThat(without.err(), without.code(), is(0));

    log = "tiered:" + archive + "," + log;
    plan();
    replay();
    Called compared = compare();
    assertThat(compared.out() + compared.err(), compared.code(), is(0));
    assertThat(digest(2), equalTo(digest(1)));
  }

  @Test
  void aGenerationThatIsBehindIsNotPromoted() {
    run();
    plan();
    replay();
    assertThat(compare().code(), is(0));
    succeed(
        "simulate",
        "fraud",
        "--log=" + log,
        "--days=1",
        "--customers=40",
        "--terminals=40",
        "--start=2025-06-01");
    Called behind =
        Called.kappa("promote", "fraud", "--view=" + view, "--generation=2", "--maxLag=5");
    assertThat(behind.code(), is(1));
    assertThat(behind.err(), containsString("behind the end of its log, more than 5"));
  }

  @Test
  void aPlanThatIsNoneIsOneLine() throws IOException {
    Files.writeString(planFile(), "{\"format\": \"else\"}");
    Called wrong = Called.kappa("replay", "--plan=" + planFile());
    assertThat(wrong.code(), is(2));
    assertThat(wrong.err().lines().count(), is(1L));
    Called missing = Called.kappa("replay", "--plan=" + dir.resolve("nowhere.json"));
    assertThat(missing.code(), is(2));
    assertThat(missing.err(), containsString("cannot read the plan"));
  }

  // ---- commands

  private void run() {
    succeed("run", "fraud", "--log=" + log, "--view=" + view, "--until=latest");
  }

  private Path planFile() {
    return dir.resolve("plan.json");
  }

  private String[] planArgs(String... more) {
    return args(
        List.of("plan", "fraud", "--log=" + log, "--view=" + view, "--out=" + planFile()), more);
  }

  private Called plan() {
    return succeed(planArgs());
  }

  private Called replay() {
    return succeed("replay", "--plan=" + planFile());
  }

  private String[] compareArgs(String... more) {
    return args(List.of("compare", "fraud", "--view=" + view, "--after=2"), more);
  }

  private Called compare(String... more) {
    return Called.kappa(compareArgs(more));
  }

  private static String[] args(List<String> first, String... more) {
    List<String> args = new ArrayList<>(first);
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static Called succeed(String... args) {
    Called called = Called.kappa(args);
    assertThat(List.of(args) + ": " + called.err() + called.out(), called.code(), is(0));
    return called;
  }

  // ---- what is there

  private String digest(int generation) {
    try (ViewStore store = Views.at(view, generation).open()) {
      return ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS)
          + ViewDigest.of(store, FraudViews.ALERTS);
    }
  }

  private int shownGeneration() {
    try (ViewStore store = Views.at(view, 1).open()) {
      for (var schema : new FraudPilot().tables()) {
        assertThat(
            store.activeGeneration(schema),
            equalTo(store.activeGeneration(FraudViews.SCORED_TRANSACTIONS)));
      }
      return store.activeGeneration(FraudViews.SCORED_TRANSACTIONS).orElseThrow();
    }
  }

  private JsonNode json(String file, String name) throws IOException {
    for (JsonNode each : new ObjectMapper().readTree(dir.resolve(file).toFile()).at("/views")) {
      if (each.at("/view").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("no view " + name);
  }

  private static List<String> steps(JsonNode status) {
    List<String> steps = new ArrayList<>();
    status.at("/audit").forEach(entry -> steps.add(entry.at("/step").asText()));
    return steps;
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = connect();
        Statement each = connection.createStatement()) {
      assertThat(each.executeUpdate(statement), is(1));
    }
  }

  private long number(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("fraud.db"));
  }
}
