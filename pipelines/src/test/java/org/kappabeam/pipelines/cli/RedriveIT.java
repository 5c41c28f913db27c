package org.kappabeam.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.RepairRule;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * One set of events written twice: as it should have been, and with records broken in a way that
 * can be undone. Redriven, the second must give the views of the first.
 */
class RedriveIT {
  /** Every so many records are broken. */
  private static final int BROKEN = 37;

  /** Every so many are bad in both logs. */
  private static final int LOST = 101;

  @TempDir private static Path kafkaDir;
  private static EmbeddedKafka kafka;

  @TempDir private Path dir;
  private String broken = "";
  private String view = "";
  private String truth = "";

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void writeBoth(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName();
    String whole = feed(name + "-whole", value -> value);
    broken = feed(name + "-broken", RedriveIT::wrapped);
    view = "sqlite:" + dir.resolve("broken.db");
    String wholeView = "sqlite:" + dir.resolve("whole.db");
    succeed("run", "fraud", "--log=" + whole, "--view=" + wholeView, "--until=latest");
    succeed("run", "fraud", "--log=" + broken, "--view=" + view, "--until=latest");
    truth = digest(wholeView, 1);
    assertThat(digest(view, 1), is(not(truth)));
  }

  private static byte[] wrapped(byte[] value) {
    return ("#" + new String(value, UTF_8)).getBytes(UTF_8);
  }

  private static String feed(String topic, UnaryOperator<byte[]> damage) throws Exception {
    String log = kafka.uri(topic);
    Logs.create(log, 3, Map.of());
    try (LogWriter writer = Logs.writer(log, Map.of())) {
      new FraudFeed(
              FraudFeed.Options.clean(MessageFormat.JSON),
              new DamagingWriter(writer, damage),
              progress -> {})
          .run(new FraudSimulator(FraudSimulator.Options.of(7, 12, 40, 40)).iterator());
    }
    return log;
  }

  /** Damages records on their way, the same ones each time. */
  private static final class DamagingWriter implements LogWriter {
    private final LogWriter log;
    private final UnaryOperator<byte[]> damage;
    private int written;

    DamagingWriter(LogWriter log, UnaryOperator<byte[]> damage) {
      this.log = log;
      this.damage = damage;
    }

    @Override
    public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
      int n = ++written;
      byte[] bytes = value;
      if (n % LOST == 0) {
        bytes = ("lost " + n).getBytes(UTF_8);
      } else if (n % BROKEN == 0) {
        bytes = damage.apply(value);
      }
      log.write(key, bytes, logTime);
    }

    @Override
    public void flush() {
      log.flush();
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Test
  void repairedRecordsCountOnceAtTheirPlaceAndWhatIsStillBadKeepsItsHistory() throws Exception {
    assertThat(
        succeed(redrive()).out(),
        allOf(
            containsString("reason  "),
            containsString("  dead letters"),
            containsString("MALFORMED")));
    Path file = dir.resolve("dead.jsonl");
    succeed(redrive("--export=" + file));
    int lost = repairIn(file, "still lost");
    Called noted = succeed(redrive("--repairs=" + file, "--because=the writer put a # before"));
    assertThat(noted.out(), containsString(" repairs noted, 0 lines without a change"));
    Called again = succeed(redrive("--repairs=" + file, "--because=the writer put a # before"));
    assertThat(again.out(), containsString("0 repairs noted"));

    rebuild(2);
    assertThat(digest(view, 2), is(truth));
    List<ViewRow> dead = dead(2);
    assertThat(dead, hasSize(lost));
    assertThat(
        details(dead), everyItem(allOf(containsString("repaired 1 times, was MALFORMED: "))));

    Path expected = dir.resolve("expected.json");
    List<String> rules = new ArrayList<>();
    for (ViewSchema schema : new FraudPilot().tables()) {
      String columns =
          schema.columns().stream()
              .map(column -> '"' + column.name() + '"')
              .collect(Collectors.joining(","));
      for (String kind : List.of("ADDED", "REMOVED", "CHANGED")) {
        rules.add(
            "{\"view\": \"%s\", \"kind\": \"%s\"%s, \"because\": \"repaired\"}"
                .formatted(
                    schema.name(),
                    kind,
                    kind.equals("CHANGED") ? ", \"columns\": [" + columns + "]" : ""));
      }
    }
    Files.writeString(
        expected,
        "{\"format\": \"kappa-expected-differences\", \"version\": 1, \"expected\": "
            + rules
            + "}");
    succeed("compare", "fraud", "--view=" + view, "--after=2", "--expected=" + expected);
    succeed("promote", "fraud", "--view=" + view, "--generation=2");

    // Those of the generation that people read now.
    succeed(redrive("--export=" + file));
    assertThat(Files.readAllLines(file), hasSize(lost));
    repairIn(file, "lost once more");
    succeed(redrive("--repairs=" + file, "--because=another try"));
    rebuild(3);
    assertThat(digest(view, 3), is(truth));
    assertThat(
        details(dead(3)),
        everyItem(
            allOf(
                containsString("repaired 2 times, was MALFORMED: "),
                containsString("repaired 1 times, was MALFORMED: "))));
    assertThat(
        succeed("status", "fraud", "--view=" + view).out(),
        containsString("dead letters repaired: another try"));
  }

  /** Undoes what can be undone; the others get another text, as bad as before. */
  private static int repairIn(Path file, String text) throws IOException {
    int lost = 0;
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String repaired = line.replace("\"text\":\"#", "\"text\":\"");
      if (repaired.equals(line)) {
        lost++;
        repaired = line.replaceAll("\"text\":\"[^\"]*\"", "\"text\":\"" + text + "\"");
      }
      lines.add(repaired);
    }
    Files.write(file, lines);
    assertThat(lost, is(greaterThan(0)));
    return lost;
  }

  @Test
  void aRepairOfThePilotDoesTheSameForAllAtOnce() throws Exception {
    String[] command = redrive("--repair=unhash", "--because=the writer put a # before");
    Called noted = Called.kappa(new RepairingPilot(), command);
    assertThat(noted.err(), noted.code(), is(0));
    assertThat(noted.err(), containsString("dead letters that this does not repair"));
    rebuild(2);
    assertThat(digest(view, 2), is(truth));
    assertThat(details(dead(2)), everyItem(not(containsString("repaired"))));
  }

  /** The fraud pilot by somebody who knows what went wrong. */
  private static final class RepairingPilot implements Pilot {
    private final Pilot fraud = new FraudPilot();

    @Override
    public String name() {
      return fraud.name();
    }

    @Override
    public List<ViewSchema> views() {
      return fraud.views();
    }

    @Override
    public Map<String, RepairRule> repairs() {
      return Map.of("unhash", RedriveIT::unwrapped);
    }

    @Override
    public Output build(PCollection<LogBatch> records, KappaOptions options) {
      return fraud.build(records, options);
    }
  }

  private static byte @Nullable [] unwrapped(String reason, byte[] value) {
    String text = new String(value, UTF_8);
    return text.startsWith("#") ? text.substring(1).getBytes(UTF_8) : null;
  }

  @Test
  void whatMakesNoSenseIsOneLineAndNothingIsNoted() throws Exception {
    Path file = dir.resolve("dead.jsonl");
    for (Map.Entry<String, String> wrong :
        Map.of(
                "{\"position\":\"0@999999\",\"text\":\"x\"}", "no dead letter at 0@999999",
                "{\"position\":\"0@1\"}", "line 1, needs a position and one of text and value",
                "{\"text\":\"x\"}", "line 1, needs a position",
                "{\"position\":\"0@1\",\"value\":\"!\"}", "is no Base64",
                "null", "line 1, is null",
                "{\"positron\":1}", "line 1, cannot be read")
            .entrySet()) {
      Files.writeString(file, wrong.getKey());
      Called refused = Called.kappa(redrive("--repairs=" + file, "--because=x"));
      assertThat(wrong.getKey(), refused.code(), is(1));
      assertThat(refused.err(), containsString(wrong.getValue()));
      assertThat(refused.err(), refused.err().lines().count(), is(1L));
    }
    assertThat(Called.kappa(redrive("--repairs=" + file)).err(), containsString("want a reason"));
    assertThat(
        Called.kappa(redrive("--repair=magic", "--because=x")).err(),
        containsString("no repair 'magic'"));
    assertThat(Called.kappa(redrive("--repair=magic", "--because=x")).code(), is(2));
    assertThat(Called.kappa(redrive("--reason=BAD")).err(), containsString("has the reason 'BAD'"));
    Called nowhere = Called.kappa(redrive("--generation=9"));
    assertThat(nowhere.err(), nowhere.code(), is(1));
    assertThat(nowhere.err(), nowhere.err().lines().count(), is(1L));
    try (ViewStore store = Views.at(view, 1).open()) {
      assertThat(store.control().list("repair/"), is(List.of()));
    }
  }

  // ---- commands

  private String[] redrive(String... more) {
    List<String> args = new ArrayList<>(List.of("redrive", "fraud", "--view=" + view));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private void rebuild(int generation) throws IOException {
    Path plan = dir.resolve("plan.json");
    succeed("plan", "fraud", "--log=" + broken, "--view=" + view, "--out=" + plan);
    assertThat(Files.readAllLines(plan), hasItem(containsString("\"repairs\"")));
    Called replayed = succeed("replay", "--plan=" + plan);
    assertThat(replayed.out(), containsString("reconciled: yes"));
    assertThat(replayed.err(), containsString("building generation " + generation));
  }

  private static Called succeed(String... args) {
    Called called = Called.kappa(args);
    assertThat(List.of(args) + ": " + called.err() + called.out(), called.code(), is(0));
    return called;
  }

  // ---- what is there

  private static String digest(String view, int generation) {
    try (ViewStore store = Views.at(view, generation).open()) {
      StringBuilder digests = new StringBuilder();
      for (ViewSchema schema : List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS)) {
        digests.append(ViewDigest.of(store, schema)).append('\n');
      }
      return digests.toString();
    }
  }

  private List<ViewRow> dead(int generation) {
    List<ViewRow> rows = new ArrayList<>();
    try (ViewStore store = Views.at(view, generation).open()) {
      store.scan(DeadLetterView.schema(), false, rows::add);
    }
    return rows;
  }

  private static List<String> details(List<ViewRow> rows) {
    return rows.stream().map(row -> String.valueOf(row.value(1))).toList();
  }
}
