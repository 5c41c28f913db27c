package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudCsv;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/**
 * The promise: a view is a pure function of its log. One set of events, once written in order and
 * once shuffled by up to the allowed lateness, 5 % twice and 1 % damaged; read live and as a slice,
 * whole and in many ranges, on Direct and on Flink: one and the same view, every record accounted
 * for.
 *
 * <p>Simulated events by default; with {@code -Dkappa.parity.files=FILE} those of a month of the
 * public data.
 */
class ParityIT {
  private static final Duration LATENESS = Duration.ofDays(1);

  @TempDir static Path dir;

  private static EmbeddedKafka kafka;
  private static FeedReport clean;
  private static FeedReport messy;
  private static FraudRun first;

  @BeforeAll
  static void writeTheSameEventsTwice() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    clean = feed("clean", FraudFeed.Options.clean(MessageFormat.AVRO));
    messy =
        feed(
            "messy",
            new FraudFeed.Options(MessageFormat.JSON, LATENESS.toMillis(), 0.05, 0.01, 42, 0));
    assertThat(messy.transactions(), is(clean.transactions()));
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static FeedReport feed(String topic, FraudFeed.Options options) throws Exception {
    Logs.create(kafka.uri(topic), 4, Map.of());
    try (LogWriter writer = Logs.writer(kafka.uri(topic), Map.of())) {
      return new FraudFeed(options, writer, progress -> {}).run(events());
    }
  }

  private static Iterator<LabelledTransaction> events() {
    String file = System.getProperty("kappa.parity.files", "");
    return file.isEmpty()
        ? new FraudSimulator(
                new FraudSimulator.Options(7, Instant.parse("2024-01-01T00:00:00Z"), 50, 200, 300))
            .iterator()
        : new FraudCsv(List.of(Path.of(file)));
  }

  @TestFactory
  List<DynamicTest> theViewIsThatOfTheFirstRun() {
    List<DynamicTest> tests = new ArrayList<>();
    tests.add(run("slice of the clean log, Direct", "clean", FraudRun.slice(0), 0));
    tests.add(run("slice in 23 ranges, Direct", "clean", FraudRun.slice(23), 0));
    tests.add(run("live from the messy log, Direct", "messy", FraudRun.LIVE, 0));
    tests.add(run("slice in 23 ranges, messy, Direct", "messy", FraudRun.slice(23), 0));
    for (int parallelism : new int[] {1, 2, 4}) {
      String flink = ", Flink " + parallelism;
      tests.add(run("live, messy" + flink, "messy", FraudRun.LIVE, parallelism));
      tests.add(run("slice in 23 ranges" + flink, "clean", FraudRun.slice(23), parallelism));
    }
    tests.add(run("live, clean, Flink 2", "clean", FraudRun.LIVE, 2));
    return tests;
  }

  /**
   * @param parallelism of Flink; 0 for Direct
   */
  private static DynamicTest run(String name, String topic, List<String> reading, int parallelism) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Path work = Files.createTempDirectory(dir, "run");
          boolean live = reading.equals(FraudRun.LIVE);
          long start = System.nanoTime();
          FraudRun run =
              FraudRun.of(
                  kafka.uri(topic),
                  work.resolve("fraud.db"),
                  reading,
                  List.of("--allowedLateness=" + LATENESS.toDays() + "d"),
                  parallelism == 0
                      ? FraudRun.direct()
                      : FraudRun.flink(parallelism, live, work.resolve("checkpoints")));
          System.out.printf(
              "%s: %s, %s rows, %.1f s%n",
              name, run.counts(), run.rows(), (System.nanoTime() - start) / 1e9);
          FeedReport written = topic.equals("clean") ? clean : messy;
          assertThat(run.state(), is(PipelineResult.State.DONE));
          assertThat(run.counts().read(), is(written.records()));
          assertThat(run.counts().toString(), run.counts().isReconciled(), is(true));
          assertThat(run.counts().dead(), is(written.corrupted()));
          assertThat(run.counts().duplicates(), is(written.duplicates()));
          assertThat(run.rows(), is(written.transactions()));
          if (first == null) {
            first = run;
            assertThat(run.rows(), greaterThan(10_000L));
          }
          assertThat(run.scored(), is(first.scored()));
          assertThat(run.alerts(), is(first.alerts()));
        });
  }
}
