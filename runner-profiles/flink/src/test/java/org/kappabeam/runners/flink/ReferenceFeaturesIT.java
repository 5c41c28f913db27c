package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.simulate.FraudCsv;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * The Fraud Detection Handbook's own features for 57,554 of its 1.3 million transactions, against
 * ours: from a Kafka log, on Flink. Skipped where the data is not there.
 */
class ReferenceFeaturesIT {
  private static final double TOLERANCE = 1e-9;

  /** Of the reference's columns behind the id: those that are flags and counts. */
  private static final boolean[] EXACT = {
    true, true, true, false, true, false, true, false, true, false, true, false, true, false
  };

  /** The view's columns in the reference's order. */
  private static final List<String> COLUMNS =
      List.of(
          "during_weekend",
          "during_night",
          "customer_count_1d",
          "customer_mean_1d",
          "customer_count_7d",
          "customer_mean_7d",
          "customer_count_30d",
          "customer_mean_30d",
          "terminal_count_1d",
          "terminal_risk_1d",
          "terminal_count_7d",
          "terminal_risk_7d",
          "terminal_count_30d",
          "terminal_risk_30d");

  @TempDir Path dir;

  @Test
  void everyReferenceRowMatchesExceptThoseTiedInTime() throws Exception {
    Path data = Path.of(System.getProperty("kappa.data", "data")).resolve("fraud");
    assumeTrue(Files.isDirectory(data), "no reference data at " + data + " (-Dkappa.data=DIR)");
    List<Path> files;
    try (Stream<Path> all = Files.list(data)) {
      files =
          all.filter(f -> f.getFileName().toString().startsWith("transactions-")).sorted().toList();
    }
    Set<String> tied = tied(files);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      String log = kafka.uri("fraud");
      Logs.create(log, 4, Map.of());
      try (LogWriter writer = Logs.writer(log, Map.of());
          FraudCsv source = new FraudCsv(files)) {
        new FraudFeed(FraudFeed.Options.clean(MessageFormat.AVRO), writer, progress -> {})
            .run(source);
      }
      Path db = dir.resolve("fraud.db");
      long start = System.nanoTime();
      FraudRun run =
          FraudRun.of(
              log, db, FraudRun.LIVE, FlinkRuns.embedded(2, true, dir.resolve("checkpoints")));
      System.out.printf(
          "%d records in %.1f s%n", run.counts().read(), (System.nanoTime() - start) / 1e9);
      assertThat(run.counts().toString(), run.counts().isReconciled(), is(true));
      assertThat(run.counts().dead(), is(0L));
      compare(data.resolve("reference-features.csv.gz"), db, tied);
      proveThatAReplayIsEqual(log, db);
    }
  }

  /** The whole history once more as a slice, into the next generation: no cell may differ. */
  private void proveThatAReplayIsEqual(String log, Path db) {
    String view = "sqlite:" + db;
    Path plan = dir.resolve("plan.json");
    kappa("plan", "fraud", "--log=" + log, "--view=" + view, "--out=" + plan);
    long start = System.nanoTime();
    kappa("replay", "--plan=" + plan, "--sliceRanges=8", "--parallelism=2");
    System.out.printf("replayed in %.1f s%n", (System.nanoTime() - start) / 1e9);
    start = System.nanoTime();
    System.out.println(kappa("compare", "fraud", "--view=" + view, "--after=2"));
    System.out.printf("compared in %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  private static String kappa(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new PrintWriter(out), new PrintWriter(err), args);
    assertThat(List.of(args) + ": " + err + out, code, is(0));
    return out.toString();
  }

  private static void compare(Path reference, Path db, Set<String> tied) throws IOException {
    List<Integer> columns = new ArrayList<>();
    for (String column : COLUMNS) {
      for (int i = 0; i < FraudViews.SCORED_TRANSACTIONS.columns().size(); i++) {
        if (FraudViews.SCORED_TRANSACTIONS.columns().get(i).name().equals(column)) {
          columns.add(i);
        }
      }
    }
    Map<String, String[]> expected = new HashMap<>();
    try (BufferedReader lines = gz(reference)) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] cells = line.split(",", -1);
        expected.put(cells[0], cells);
      }
    }
    int[] matched = new int[1];
    int[] tiedAndDifferent = new int[1];
    List<String> differing = new ArrayList<>();
    try (ViewStore store = Views.at("sqlite:" + db, 1).open()) {
      store.scan(
          FraudViews.SCORED_TRANSACTIONS,
          false,
          row -> {
            String[] cells = expected.remove(row.key());
            if (cells == null) {
              return;
            }
            String difference = difference(cells, row, columns);
            if (difference == null) {
              matched[0]++;
            } else if (tied.contains(row.key())) {
              tiedAndDifferent[0]++;
            } else {
              differing.add(row.key() + " " + difference);
            }
          });
    }
    System.out.printf(
        "reference rows: %d matched, %d differing, %d tied in time and different, %d missing%n",
        matched[0], differing.size(), tiedAndDifferent[0], expected.size());
    assertThat(differing.toString(), differing.size(), is(0));
    assertThat(expected.size(), is(0));
    assertThat(matched[0], greaterThan(57_000));
  }

  private static String difference(String[] cells, ViewRow row, List<Integer> columns) {
    for (int i = 0; i < EXACT.length; i++) {
      double expected = Double.parseDouble(cells[i + 1]);
      Object value = row.value(columns.get(i));
      double actual =
          value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).doubleValue();
      if (EXACT[i] ? expected != actual : Math.abs(expected - actual) > TOLERANCE) {
        return COLUMNS.get(i) + ": " + expected + " expected, " + actual + " found";
      }
    }
    return null;
  }

  /** The transactions that share their second with another of the same customer or terminal. */
  private static Set<String> tied(List<Path> files) {
    Map<String, String> seen = new HashMap<>();
    Set<String> tied = new HashSet<>();
    try (FraudCsv source = new FraudCsv(files)) {
      while (source.hasNext()) {
        Transaction t = source.next().transaction();
        for (String key :
            List.of(
                "c" + t.customerId() + "@" + t.eventTime(),
                "t" + t.terminalId() + "@" + t.eventTime())) {
          String other = seen.putIfAbsent(key, t.id());
          if (other != null) {
            tied.add(other);
            tied.add(t.id());
          }
        }
      }
    }
    return tied;
  }

  private static BufferedReader gz(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
  }
}
