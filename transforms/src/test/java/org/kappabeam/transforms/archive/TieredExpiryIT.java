package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.LogRecordCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.kafka.KafkaBroker;
import org.kappabeam.transforms.log.Harvest;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Logs;

/** A topic whose segments the broker really expires, and the archive in front of it. */
class TieredExpiryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> PARTITIONS = List.of("0", "1", "2");

  @TempDir private static Path dir;
  private static KafkaBroker broker;

  private final String archive = Archives.uri(dir.resolve("archive-" + System.nanoTime()));
  private final List<LogRecord> written = new ArrayList<>();

  @BeforeAll
  static void start() {
    broker =
        new KafkaBroker(
            dir.resolve("kafka"),
            Map.of(
                "log.retention.check.interval.ms", "500",
                "log.initial.task.delay.ms", "500"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /** A topic of small segments. */
  private static String newTopic() throws Exception {
    String name = "expiring-" + System.nanoTime();
    String uri = broker.uri(name);
    try (Admin admin = broker.admin(uri)) {
      NewTopic topic =
          new NewTopic(name, Optional.of(PARTITIONS.size()), Optional.empty())
              .configs(
                  Map.of(
                      "retention.ms", "-1",
                      "segment.bytes", "25000",
                      "file.delete.delay.ms", "0"));
      admin.createTopics(List.of(topic)).all().get();
    }
    return uri;
  }

  /**
   * Lets the broker expire all but the last 140 records of each partition, and some more, and waits
   * until it has expired more than {@code atLeast}.
   */
  private static void expire(String uri, long atLeast) throws Exception {
    try (Admin admin = broker.admin(uri)) {
      String name = uri.substring(uri.lastIndexOf('/') + 1);
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, name),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("retention.bytes", "150000"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (open(uri).resolve("earliest", "latest").ranges().stream()
        .anyMatch(range -> range.from() <= atLeast)) {
      assertThat("expired in time", System.nanoTime(), lessThan(deadline));
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Appends so many records to each partition, in batches smaller than a segment. */
  private void append(String uri, int n) {
    int first = written.size() / PARTITIONS.size();
    for (int i = first; i < first + n; i += 10) {
      List<LogRecord> batch = new ArrayList<>();
      for (String partition : PARTITIONS) {
        for (LogRecord record : Archives.records(partition, i, Math.min(i + 10, first + n), 1)) {
          batch.add(
              LogRecord.of(
                  record.position(),
                  record.logTime(),
                  record.key(),
                  payload(record.logTime()),
                  List.of()));
        }
      }
      written.addAll(broker.append(uri, batch));
    }
  }

  /** A thousand bytes that do not compress. */
  private static byte[] payload(long seed) {
    byte[] payload = new byte[1_000];
    new Random(seed).nextBytes(payload);
    return payload;
  }

  private static Log open(String uri) {
    return Logs.open(uri, KafkaBroker.PROPERTIES);
  }

  @Test
  void whatKafkaNoLongerKeepsComesFromTheArchiveAndAllOfItOnce() throws Exception {
    String topic = newTopic();
    append(topic, 300);
    Archives.copy(open(topic), archive);
    append(topic, 40);
    expire(topic, 100);
    Log tiered = open("tiered:" + archive + "," + topic);
    Slice slice = tiered.resolve("earliest", "latest");

    assertThat(slice.size(), is(3L * 340));
    assertReads(tiered.slice(slice, 0), written);
    assertReads(tiered.slice(slice, 23), written);
    assertReads(tiered.live(slice, 60_000), written);
    // Bounds in the archive alone, across the cut, and behind it.
    assertInstants(tiered, 20, 90);
    assertInstants(tiered, 20, 333);
    assertInstants(tiered, 310, 333);
  }

  private void assertInstants(Log tiered, int from, int until) {
    Slice slice =
        tiered.resolve(
            Instant.ofEpochMilli(Archives.EPOCH + from * 1_000L).toString(),
            Instant.ofEpochMilli(Archives.EPOCH + until * 1_000L).toString());
    assertReads(
        tiered.slice(slice, 0),
        written.stream()
            .filter(r -> r.position().offset() >= from && r.position().offset() < until)
            .toList());
  }

  @Test
  void aLiveReadGoesOnFromTheArchiveToTheTopic() throws Exception {
    String topic = newTopic();
    append(topic, 300);
    Archives.copy(open(topic), archive);
    append(topic, 40);
    expire(topic, 100);
    Log tiered = open("tiered:" + archive + "," + topic);
    Slice slice = tiered.resolve("earliest", "never");
    List<LogRecord> read =
        harvest()
            .atLeast(
                3 * 340, records(tiered.live(slice, 60_000)), () -> append(topic, 60), 3 * 400);

    assertThat(read, containsInAnyOrder(written.toArray()));
  }

  @Test
  void aGapNamesTheFirstMissingOffsetOfEachPartition() throws Exception {
    String topic = newTopic();
    append(topic, 30);
    Archives.copy(open(topic), archive);
    append(topic, 400);
    expire(topic, 40);
    Log tiered = open("tiered:" + archive + "," + topic);

    KappaException failure =
        assertThrows(KappaException.class, () -> tiered.resolve("earliest", "latest"));
    assertThat(
        failure.getMessage(),
        allOf(
            containsString("a gap"),
            containsString("partition 0 from offset 30"),
            containsString("partition 1 from offset 30"),
            containsString("partition 2 from offset 30")));
    assertThat(failure.getMessage().lines().count(), is(1L));
    Slice pinnedBefore =
        Slice.of(PARTITIONS.stream().map(p -> Slice.Range.of(p, 10, 420)).toList());
    assertThrows(KappaException.class, () -> tiered.slice(pinnedBefore, 0));
    assertThrows(KappaException.class, () -> tiered.live(pinnedBefore, 0));
    KappaException copy =
        assertThrows(KappaException.class, () -> Archives.copy(open(topic), archive));
    assertThat(copy.getMessage(), containsString("partition 1 from offset 30"));
    // What lies before or behind the gap can still be read.
    Slice before = Slice.of(PARTITIONS.stream().map(p -> Slice.Range.of(p, 10, 30)).toList());
    assertReads(
        tiered.slice(before, 0),
        written.stream()
            .filter(r -> r.position().offset() >= 10 && r.position().offset() < 30)
            .toList());
    assertThat(tiered.resolve("latest", "never").isPinned(), is(false));
  }

  private static Harvest harvest() {
    return new Harvest(PipelineOptionsFactory.create(), PATIENCE);
  }

  private static void assertReads(
      PTransform<PBegin, PCollection<LogBatch>> read, List<LogRecord> expected) {
    assertThat(harvest().all(records(read)), containsInAnyOrder(expected.toArray()));
  }

  private static PTransform<PBegin, PCollection<LogRecord>> records(
      PTransform<PBegin, PCollection<LogBatch>> read) {
    return new PTransform<>() {
      @Override
      public PCollection<LogRecord> expand(PBegin begin) {
        return begin.apply(read).apply(ParDo.of(new Records())).setCoder(LogRecordCoder.of());
      }
    };
  }

  private static final class Records extends DoFn<LogBatch, LogRecord> {
    @ProcessElement
    public void each(@Element LogBatch batch, OutputReceiver<LogRecord> out) {
      for (int i = 0; i < batch.size(); i++) {
        out.output(batch.record(i));
      }
    }
  }
}
