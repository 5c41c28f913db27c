package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * An import whose process is killed and that is started again by the same command. The log then
 * holds the beginning of the file more than once, and in its partitions log time goes back; the
 * views are those of an import in one go.
 *
 * <p>The file is longer than the pilot remembers. So a live run has forgotten some of what comes
 * again, and can only refuse it: its rows are there already. A slice folds all and refuses nothing.
 */
class ImportRecoveryIT {
  private static final int PARTITIONS = 4;
  private static final int DAYS = 60;

  /** So slow that a kill finds the import at work, and so fast that nobody waits for it. */
  private static final String RATE = "--rate=3000";

  private static final long DEADLINE_SECONDS = 120;
  private static final DateTimeFormatter TX_DATETIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  @TempDir private static Path shared;
  private static EmbeddedKafka kafka;
  private static Admin admin;
  private static Path file;
  private static long records;
  private static List<String> expected;

  @TempDir private Path dir;

  @BeforeAll
  static void importInOneGo() throws Exception {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"));
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    file = shared.resolve("transactions.csv");
    writeFile(file);
    String log = kafka.uri("whole");
    Called imported = Called.kappa("import", "fraud", file.toString(), "--log=" + log);
    assertThat(imported.err(), imported.code(), is(0));
    records = records("whole");
    expected = views(log, shared.resolve("whole.db"));
    assertThat(refused(shared.resolve("whole.db")), is(empty()));
  }

  @AfterAll
  static void stopKafka() {
    admin.close();
    kafka.close();
  }

  @Test
  void anImportKilledOnceAtItsBeginningAndRunAgainGivesTheSameViews() throws Exception {
    assertKilledAndRunAgainGivesTheSameViews("beginning", 1);
  }

  @Test
  void anImportKilledThreeTimesFurtherOnEachTimeGivesTheSameViews() throws Exception {
    assertKilledAndRunAgainGivesTheSameViews(
        "further", records / 4, records * 6 / 10, records * 9 / 10);
  }

  private void assertKilledAndRunAgainGivesTheSameViews(String topic, long... killedAfter)
      throws Exception {
    String log = kafka.uri(topic);
    long before = 0;
    for (long enough : killedAfter) {
      Process run = startImport(log);
      try {
        await(topic, before + enough, run);
      } finally {
        run.destroyForcibly().waitFor();
      }
      long written = records(topic) - before;
      assertThat("killed in the middle", written, lessThan(records));
      before += written;
    }
    Process last = startImport(log);
    assertThat("ended", last.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), is(true));
    assertThat(output(), last.exitValue(), is(0));
    assertThat("the file again, and whole", records(topic), is(before + records));

    Path live = dir.resolve("live.db");
    assertThat(views(log, live), equalTo(expected));
    List<String> refused = refused(live);
    assertThat(refused, everyItem(is(DeadLetterReason.FORGOTTEN.name())));
    assertThat("only what comes again", (long) refused.size(), lessThanOrEqualTo(before));

    Path slice = dir.resolve("slice.db");
    assertThat(views(log, slice, "--readMode=SLICE"), equalTo(expected));
    assertThat(refused(slice), is(empty()));
  }

  /** The digests of what a run makes of a log. */
  private static List<String> views(String log, Path file, String... more) {
    String view = "sqlite:" + file;
    List<String> command = new ArrayList<>(List.of("run", "fraud", "--log=" + log));
    Collections.addAll(command, "--view=" + view, "--until=latest");
    Collections.addAll(command, more);
    Called run = Called.kappa(command.toArray(String[]::new));
    assertThat(run.err(), run.code(), is(0));
    assertThat(run.out(), containsString("reconciled: yes"));
    List<String> digests = new ArrayList<>();
    try (ViewStore store = Views.at(view, 1).open()) {
      for (ViewSchema schema : List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS)) {
        assertThat(store.count(schema), greaterThan(0L));
        digests.add(ViewDigest.of(store, schema));
      }
    }
    return digests;
  }

  /** The reason of each dead letter. */
  private static List<String> refused(Path file) {
    List<String> reasons = new ArrayList<>();
    try (ViewStore store = Views.at("sqlite:" + file, 1).open()) {
      store.scan(DeadLetterView.schema(), false, row -> reasons.add(String.valueOf(row.value(0))));
    }
    return reasons;
  }

  private Process startImport(String log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Kappa.class.getName(),
            "import",
            "fraud",
            file.toString(),
            "--log=" + log,
            RATE)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("output").toFile())
        .start();
  }

  private String output() throws IOException {
    return Files.readString(dir.resolve("output"), StandardCharsets.UTF_8);
  }

  private void await(String topic, long enough, Process run) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (records(topic) < enough) {
      assertThat(output(), run.isAlive() && System.nanoTime() < deadline, is(true));
      run.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /** How many records a topic has; none if it does not exist yet. */
  private static long records(String topic) throws Exception {
    if (!admin.listTopics().names().get().contains(topic)) {
      return 0;
    }
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    return admin.listOffsets(ends).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  private static void writeFile(Path csv) throws IOException {
    FraudSimulator simulator = new FraudSimulator(FraudSimulator.Options.of(5, DAYS, 100, 200));
    StringBuilder lines =
        new StringBuilder(
            "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO\n");
    for (Iterator<LabelledTransaction> all = simulator.iterator(); all.hasNext(); ) {
      LabelledTransaction next = all.next();
      Transaction transaction = next.transaction();
      lines
          .append(transaction.id())
          .append(',')
          .append(TX_DATETIME.format(Instant.ofEpochMilli(transaction.eventTime())))
          .append(',')
          .append(transaction.customerId())
          .append(',')
          .append(transaction.terminalId())
          .append(',')
          .append(BigDecimal.valueOf(transaction.amountCents(), 2))
          .append(next.fraud() ? ",1," : ",0,")
          .append(next.scenario())
          .append('\n');
    }
    Files.writeString(csv, lines);
  }
}
