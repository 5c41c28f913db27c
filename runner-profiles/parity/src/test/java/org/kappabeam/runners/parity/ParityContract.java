package org.kappabeam.runners.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
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
 * once shuffled by up to the allowed lateness, 5 % twice and 1 % damaged. However a runner reads
 * them: one and the same view, every record accounted for.
 *
 * <p>A runner's module extends this class and names its {@link #runs}. Each is held against a run
 * on Direct over the same log, and against digests that stand here, so that all modules are known
 * to have made the same view: the same seed gives the same log.
 *
 * <p>Simulated events by default; with {@code -Dkappa.parity.files=FILE} those of a month of the
 * public data, for which no digests stand here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ParityContract {
  private static final Duration LATENESS = Duration.ofDays(1);

  /** Of the simulated events' views, on every runner. */
  private static final String SCORED =
      "576ea71454050b9c442762145d3e4359c7c1b7ea7c03d50a2366e9755f136375";

  private static final String ALERTS =
      "790e06691c094de83c541a71bcf4e7872157eba32764c6cfb374cd90159601e4";

  private static final String FILES = System.getProperty("kappa.parity.files", "");

  private final Map<Topic, FeedReport> written = new EnumMap<>(Topic.class);
  private final Map<Topic, FraudRun> direct = new EnumMap<>(Topic.class);
  private EmbeddedKafka kafka;
  private Path dir;

  /** The logs there are to read. */
  public enum Topic {
    /** In order, everything once, Avro. */
    CLEAN,
    /** Late, twice and damaged, JSON. */
    MESSY
  }

  /** Runs the fraud pilot once. */
  @FunctionalInterface
  public interface Way {
    /**
     * Reads the log to its end.
     *
     * @param log its URI
     * @param work an empty directory of this run's own
     * @param reading what to tell the pilot whatever the runner: the allowed lateness
     */
    FraudRun run(String log, Path work, List<String> reading) throws Exception;
  }

  /**
   * A run that is to give the view.
   *
   * @param name what is special about it
   */
  public record Run(String name, Topic topic, Way way) {}

  /** The runs of one runner, each with something else that might make a difference. */
  protected abstract List<Run> runs();

  /** A run on Direct. */
  protected static Run direct(String name, Topic topic, List<String> how) {
    return new Run(
        name + ", Direct",
        topic,
        (log, work, reading) ->
            FraudRun.of(log, work.resolve("fraud.db"), reading, how, FraudRun.direct()));
  }

  @BeforeAll
  void writeTheSameEventsTwice(@TempDir Path temporary) throws Exception {
    dir = temporary;
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    feed(Topic.CLEAN, FraudFeed.Options.clean(MessageFormat.AVRO));
    feed(
        Topic.MESSY,
        new FraudFeed.Options(MessageFormat.JSON, LATENESS.toMillis(), 0.05, 0.01, 42, 0));
    assertThat(
        written.get(Topic.MESSY).transactions(), is(written.get(Topic.CLEAN).transactions()));
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  private void feed(Topic topic, FraudFeed.Options options) throws Exception {
    Logs.create(uri(topic), 4, Map.of());
    try (LogWriter writer = Logs.writer(uri(topic), Map.of())) {
      written.put(topic, new FraudFeed(options, writer, progress -> {}).run(events()));
    }
  }

  private String uri(Topic topic) {
    return kafka.uri(topic.name());
  }

  private static Iterator<LabelledTransaction> events() {
    return FILES.isEmpty()
        ? new FraudSimulator(
                new FraudSimulator.Options(7, Instant.parse("2024-01-01T00:00:00Z"), 50, 200, 300))
            .iterator()
        : new FraudCsv(List.of(Path.of(FILES)));
  }

  @TestFactory
  List<DynamicTest> theViewIsThatOfTheFirstRun() {
    List<Run> all = new ArrayList<>();
    all.add(direct("slice of the clean log", Topic.CLEAN, FraudRun.slice(0)));
    all.add(direct("slice of the messy log", Topic.MESSY, FraudRun.slice(0)));
    all.addAll(runs());
    return all.stream()
        .map(run -> DynamicTest.dynamicTest(run.name(), () -> assertParity(run)))
        .toList();
  }

  private void assertParity(Run run) throws Exception {
    Path work = Files.createTempDirectory(dir, "run");
    long start = System.nanoTime();
    FraudRun it =
        run.way()
            .run(uri(run.topic()), work, List.of("--allowedLateness=" + LATENESS.toDays() + "d"));
    System.out.printf(
        "%s: %s, %s rows, %.1f s%n",
        run.name(), it.counts(), it.rows(), (System.nanoTime() - start) / 1e9);
    FeedReport feed = written.get(run.topic());
    assertThat(it.state(), is(PipelineResult.State.DONE));
    assertThat(it.counts().read(), is(feed.records()));
    assertThat(it.counts().toString(), it.counts().isReconciled(), is(true));
    assertThat(it.counts().dead(), is(feed.corrupted()));
    assertThat(it.counts().duplicates(), is(feed.duplicates()));
    assertThat(it.rows(), is(feed.transactions()));
    if (FILES.isEmpty()) {
      assertThat("the view", it.scored(), is(SCORED));
      assertThat("the alerts", it.alerts(), is(ALERTS));
    }
    FraudRun first = direct.putIfAbsent(run.topic(), it);
    if (first != null) {
      assertThat("the view on Direct", it.scored(), is(first.scored()));
      assertThat("the alerts on Direct", it.alerts(), is(first.alerts()));
    }
  }
}
