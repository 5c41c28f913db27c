package org.kappabeam.transforms.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.SourceTestUtils;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;

/** Drives the live reader as a runner does, and looks at its watermark between elements. */
@Timeout(120)
class KafkaLiveReaderIT {
  private static final long EPOCH = 1_767_225_600_000L;
  private static final long BEGINNING = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static KafkaBroker broker;

  @BeforeAll
  static void start(@TempDir Path dir) {
    broker = new KafkaBroker(dir);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void theWatermarkIsLogTimeMinusAllowedLateness() {
    String uri = broker.newTopic(1);
    List<LogRecord> written = broker.append(uri, records("0", 0, 10));
    try (Reading reading = new Reading(live(uri, 3_000))) {
      reading.until(() -> reading.read.size() == 10);

      assertThat(reading.read, is(written));
      assertThat(reading.watermark(), is(EPOCH + 9_000 - 3_000));
    }
  }

  @Test
  void beforeAnyRecordTheWatermarkIsAtTheBeginning() {
    try (Reading reading = new Reading(live(broker.newTopic(2), 0))) {
      reading.during(Duration.ofSeconds(3));

      assertThat(reading.watermark(), is(BEGINNING));
    }
  }

  @Test
  void aReaderOfAnEmptyPartitionFollowsTheClockOfTheLog() throws Exception {
    String uri = broker.newTopic(2);
    broker.append(uri, records("0", 0, 10));
    KafkaLiveSource ofPartitionOne =
        live(uri, 1_000).split(2, PipelineOptionsFactory.create()).get(1);
    try (Reading reading = new Reading(ofPartitionOne)) {
      reading.until(() -> reading.watermark() == EPOCH + 9_000 - 1_000);

      assertThat(reading.read, hasSize(0));
      broker.append(uri, records("0", 10, 11));
      reading.until(() -> reading.watermark() == EPOCH + 10_000 - 1_000);
    }
  }

  @Test
  void anIdlePartitionDoesNotStopTheWatermark() {
    String uri = broker.newTopic(2);
    broker.append(uri, records("1", 0, 3));
    broker.append(uri, records("0", 0, 50));
    try (Reading reading = new Reading(live(uri, 0))) {
      reading.until(() -> reading.watermark() == EPOCH + 49_000);

      assertThat(reading.read, hasSize(53));
    }
  }

  @Test
  void aNewTimeInOnePartitionLeavesTheOthersTimeToSettle() {
    String uri = broker.newTopic(2);
    broker.append(uri, records("0", 0, 1));
    broker.append(uri, records("1", 0, 1));
    try (Reading reading = new Reading(live(uri, 0))) {
      reading.until(() -> reading.read.size() == 2);
      for (int i = 1; i < 8; i++) {
        // Partition 1 gets its record when partition 0 is already far ahead.
        broker.append(uri, records("0", i * 1_000, i * 1_000 + 1));
        reading.during(Duration.ofMillis(400));
        assertThat(reading.watermark(), is(lessThanOrEqualTo(EPOCH + (i * 1_000 - 500) * 1_000L)));
        broker.append(uri, records("1", i * 1_000 - 500, i * 1_000 - 499));
        int expected = 2 + 2 * i;
        reading.until(() -> reading.read.size() == expected);
      }
      reading.until(() -> reading.watermark() == EPOCH + 7_000_000);
    }
  }

  @Test
  void theWatermarkNeitherFreezesNorJumpsAheadWhileHistoryIsImported() throws Exception {
    String uri = broker.newTopic(3);
    int n = 60_000;
    // Most keys fall into one partition, some into the second, the third gets its first one late.
    CompletableFuture<Void> importing =
        CompletableFuture.runAsync(
            () -> {
              Map<Integer, byte[]> keys = keysByPartition(3);
              long started = System.nanoTime();
              try (KafkaLogWriter writer = KafkaLogWriter.open(uri, Map.of())) {
                for (int i = 0; i < n; i++) {
                  int partition = i > n / 2 && i % 1_000 == 7 ? 2 : i % 100 == 3 ? 1 : 0;
                  writer.write(keys.get(partition), bytes("v" + i), EPOCH + i * 1_000L);
                  if (i % 1_000 == 0) {
                    // Six seconds in all: several rounds of the log's clock.
                    awaitNanos(started + i * 100_000L);
                  }
                }
                writer.flush();
              }
            });
    try (Reading reading = new Reading(live(uri, 0))) {
      List<Long> steps = new ArrayList<>();
      reading.until(
          () -> {
            long watermark = reading.watermark();
            if (watermark > BEGINNING
                && (steps.isEmpty() || watermark > steps.get(steps.size() - 1))) {
              steps.add(watermark);
            }
            return reading.read.size() >= n && watermark == EPOCH + (n - 1) * 1_000L;
          });
      importing.get();

      assertThat(reading.lateRecords, is(0));
      assertThat(reading.read, hasSize(n));
      assertThat(steps.size(), is(greaterThan(4)));
    }
  }

  @Test
  void aRestartFromAnyMarkLosesNothingAndRepeatsNothing() {
    String uri = broker.newTopic(3);
    List<LogRecord> written = new ArrayList<>();
    for (String partition : List.of("0", "1", "2")) {
      written.addAll(broker.append(uri, records(partition, 0, 7_000)));
    }
    KafkaLiveSource source = live(uri, 0);
    List<LogRecord> read = new ArrayList<>();
    KafkaMark mark = null;
    long watermark = BEGINNING;
    while (read.size() < written.size()) {
      try (Reading reading = new Reading(source, mark)) {
        int enough = Math.min(3_000, written.size() - read.size());
        reading.until(() -> reading.read.size() >= enough);
        mark = reading.mark();
        // What is fetched beyond the mark must come again.
        read.addAll(reading.read);
        assertThat(reading.watermark(), is(greaterThanOrEqualTo(watermark)));
        watermark = reading.watermark();
      }
    }
    try (Reading reading = new Reading(source, mark)) {
      reading.during(Duration.ofMillis(500));
      assertThat(reading.read, hasSize(0));
    }
    assertThat(read, hasSize(written.size()));
    assertThat(new HashSet<>(read), is(new HashSet<>(written)));
  }

  @Test
  void splitsShareThePartitionsWithoutOverlap() throws Exception {
    String uri = broker.newTopic(5);
    List<LogRecord> written = new ArrayList<>();
    for (int p = 0; p < 5; p++) {
      written.addAll(broker.append(uri, records(Integer.toString(p), 0, 20)));
    }
    KafkaLiveSource source = live(uri, 0);
    assertThat(source.split(100, PipelineOptionsFactory.create()), hasSize(5));
    List<LogRecord> read = new ArrayList<>();
    for (KafkaLiveSource split : source.split(2, PipelineOptionsFactory.create())) {
      int expected = IntStream.range(0, 5).filter(split::owns).toArray().length * 20;
      try (Reading reading = new Reading(split)) {
        reading.until(() -> reading.read.size() >= expected);
        read.addAll(reading.read);
      }
    }
    assertThat(read, hasSize(100));
    assertThat(new HashSet<>(read), is(new HashSet<>(written)));
  }

  @Test
  void partitionsAdvanceSideBySideInLogTime() {
    String uri = broker.newTopic(2);
    // Well over the distance that is allowed below.
    int n = 12 * KafkaBatches.MAX_RECORDS;
    broker.append(uri, records("0", 0, n));
    broker.append(uri, records("1", 0, n));
    try (Reading reading = new Reading(live(uri, 0))) {
      Map<String, Long> times = new HashMap<>(Map.of("0", EPOCH, "1", EPOCH));
      reading.onBatch =
          batch -> {
            times.put(batch.partition(), batch.logTime(batch.size() - 1));
            long apart = Math.abs(times.get("0") - times.get("1"));
            assertThat(apart, is(lessThan(4 * KafkaBatches.MAX_RECORDS * 1_000L)));
          };
      reading.until(() -> reading.read.size() == 2 * n);
    }
  }

  @Test
  void aNewPartitionIsPickedUpFromItsBeginning() throws Exception {
    String uri = broker.newTopic(1);
    broker.append(uri, records("0", 0, 5));
    try (Reading reading = new Reading(live(uri, 0));
        Admin admin = broker.admin(uri)) {
      reading.until(() -> reading.read.size() == 5);
      admin
          .createPartitions(Map.of(KafkaUri.parse(uri).topic(), NewPartitions.increaseTo(2)))
          .all()
          .get();
      List<LogRecord> added = broker.append(uri, records("1", 5, 10));
      reading.until(() -> reading.read.size() == 10);
      assertThat(reading.read.subList(5, 10), is(added));

      // And a restart goes on there, not at the partition's beginning.
      try (Reading restarted = new Reading(live(uri, 0), reading.mark())) {
        broker.append(uri, records("1", 10, 11));
        restarted.until(() -> !restarted.read.isEmpty());
        assertThat(restarted.read.get(0).position(), is(LogPosition.of("1", 5)));
      }
    }
  }

  @Test
  void aPinnedSliceEndsWithTheEndOfTime() {
    String uri = broker.newTopic(3);
    broker.append(uri, records("0", 0, 10));
    broker.append(uri, records("1", 0, 10));
    Slice slice =
        Slice.of(
            List.of(
                Slice.Range.of("0", 2, 7), Slice.Range.of("1", 0, 10), Slice.Range.of("2", 0, 0)));
    try (Reading reading = new Reading(KafkaLog.of(uri, Map.of()).liveSource(slice, 0))) {
      reading.until(() -> reading.watermark() == BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());

      assertThat(reading.read, hasSize(15));
      assertThat(reading.reader.getSplitBacklogBytes(), is(0L));
    }
  }

  @Test
  void abortedRecordsAreInvisibleAndTransactionMarkersDoNotHoldUpTheEnd() throws Exception {
    String uri = broker.newTopic(1);
    List<LogRecord> committed = new ArrayList<>();
    try (Producer<byte[], byte[]> producer =
        broker.producer(uri, Map.of("transactional.id", "test"))) {
      producer.initTransactions();
      producer.beginTransaction();
      committed.addAll(KafkaBroker.append(uri, records("0", 0, 5), producer));
      producer.commitTransaction();
      producer.beginTransaction();
      KafkaBroker.append(uri, records("0", 5, 10), producer);
      producer.abortTransaction();
    }
    KafkaLog log = KafkaLog.of(uri, Map.of());
    Slice slice = log.resolve("earliest", "latest");
    assertThat(slice.size(), is(12L));
    try (Reading reading = new Reading(log.liveSource(slice, 0))) {
      reading.until(() -> reading.watermark() == BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
      assertThat(reading.read, is(committed));
    }
    List<LogRecord> bounded = new ArrayList<>();
    for (LogBatch batch :
        SourceTestUtils.readFromSplitsOfSource(
            log.sliceSource(slice, 12), 1, PipelineOptionsFactory.create())) {
      addAll(bounded, batch);
    }
    assertThat(new HashSet<>(bounded), is(new HashSet<>(committed)));
    assertThat(bounded, hasSize(5));
  }

  @Test
  void anUndecidedTransactionHoldsTheWatermarkBack() {
    String uri = broker.newTopic(2);
    try (Producer<byte[], byte[]> producer =
            broker.producer(uri, Map.of("transactional.id", "undecided"));
        Reading reading = new Reading(live(uri, 0))) {
      producer.initTransactions();
      producer.beginTransaction();
      KafkaBroker.append(uri, records("1", 0, 1), producer);
      broker.append(uri, records("0", 0, 100));
      reading.until(() -> reading.read.size() == 100);
      reading.during(Duration.ofSeconds(3));
      assertThat(reading.watermark(), is(BEGINNING));

      producer.commitTransaction();
      reading.until(() -> reading.watermark() == EPOCH + 99_000);
      assertThat(reading.lateRecords, is(0));
    }
  }

  @Test
  void finalizedCheckpointsShowLagAndNothingResumesFromThem() throws Exception {
    String uri = broker.newTopic(1);
    broker.append(uri, records("0", 0, 20));
    String topic = KafkaUri.parse(uri).topic();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Reading reading = new Reading(live(uri, 0));
        Admin admin = broker.admin(uri)) {
      reading.until(() -> reading.read.size() == 20);
      reading.until(
          () -> {
            // Each one, as the first may find the broker without a coordinator yet.
            reading.reader.getCheckpointMark().finalizeCheckpoint();
            var offsets =
                admin.listConsumerGroupOffsets("kappa-" + topic).partitionsToOffsetAndMetadata();
            var committed = KafkaClients.await(KafkaUri.parse(uri), offsets).get(partition);
            return committed != null && committed.offset() == 20;
          });
    }
    try (Reading again = new Reading(live(uri, 0))) {
      again.until(() -> again.read.size() == 20);
    }
  }

  @Test
  void expiredRecordsAreOneClearFailure() throws Exception {
    String uri = broker.newTopic(1);
    broker.append(uri, records("0", 0, 20));
    KafkaLog log = KafkaLog.of(uri, Map.of());
    Slice slice = log.resolve("earliest", "latest");
    try (Admin admin = broker.admin(uri)) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(KafkaUri.parse(uri).topic(), 0),
                  RecordsToDelete.beforeOffset(13)))
          .all()
          .get();
    }
    try (Reading reading = new Reading(log.liveSource(slice, 0))) {
      KappaException failure = assertThrows(KappaException.class, () -> reading.until(() -> false));
      assertThat(failure.getMessage(), containsString("partition 0"));
      assertThat(failure.getMessage(), containsString("first available offset is 13"));
    }
    KappaException failure =
        assertThrows(
            KappaException.class,
            () ->
                SourceTestUtils.readFromSource(
                    log.sliceSource(slice, 0), PipelineOptionsFactory.create()));
    assertThat(failure.getMessage(), containsString("first available offset is 13"));
  }

  @Test
  void aSliceBeyondTheEndIsOneClearFailure() {
    String uri = broker.newTopic(1);
    broker.append(uri, records("0", 0, 5));
    Slice slice = Slice.of(List.of(Slice.Range.of("0", 0, 9)));

    KappaException failure =
        assertThrows(
            KappaException.class,
            () ->
                SourceTestUtils.readFromSource(
                    KafkaLog.of(uri, Map.of()).sliceSource(slice, 0),
                    PipelineOptionsFactory.create()));
    assertThat(failure.getMessage(), containsString("ends at offset 5"));
  }

  @Test
  void aDeletedTopicIsOneClearFailure() {
    String uri = broker.newTopic(1);
    KafkaWatch.Pace quick = new KafkaWatch.Pace(50, 50, 50);
    try (KafkaWatch watch = new KafkaWatch(KafkaUri.parse(uri), Map.of(), 1, quick)) {
      watch.turn();
      assertThat(KafkaTopics.exists(uri, Map.of()), is(true));
      KafkaTopics.delete(uri, Map.of());

      KappaException failure =
          assertThrows(
              KappaException.class,
              () ->
                  await(
                      () -> {
                        watch.turn();
                        return false;
                      }));
      assertThat(failure.getMessage(), containsString("deleted"));
      assertThat(KafkaTopics.exists(uri, Map.of()), is(false));
    }
  }

  @Test
  void aBrokerRestartInTheMiddleOfALiveReadLosesNothing(@TempDir Path dir) {
    try (KafkaBroker restarted = new KafkaBroker(dir)) {
      String uri = restarted.newTopic(2);
      List<LogRecord> written = new ArrayList<>();
      written.addAll(restarted.append(uri, records("0", 0, 100)));
      try (Reading reading = new Reading(live(uri, 0))) {
        reading.until(() -> reading.read.size() == 100);
        long before = reading.watermark();
        restarted.stop();
        reading.during(Duration.ofSeconds(3));
        assertThat(reading.watermark(), is(greaterThanOrEqualTo(before)));
        restarted.startAgain();
        written.addAll(restarted.append(uri, records("1", 100, 200)));
        written.addAll(restarted.append(uri, records("0", 200, 300)));
        reading.until(() -> reading.read.size() >= 300 && reading.watermark() == EPOCH + 299_000);

        assertThat(reading.read, hasSize(300));
        assertThat(new HashSet<>(reading.read), is(new HashSet<>(written)));
      }
    }
  }

  private static KafkaLiveSource live(String uri, long allowedLatenessMillis) {
    KafkaLog log = KafkaLog.of(uri, Map.of());
    return log.liveSource(log.resolve("earliest", "never"), allowedLatenessMillis);
  }

  /** Record i is at EPOCH + i seconds. */
  private static List<LogRecord> records(String partition, int from, int until) {
    return IntStream.range(from, until)
        .mapToObj(
            i ->
                LogRecord.of(
                    LogPosition.of(partition, 0),
                    EPOCH + i * 1_000L,
                    bytes("k" + i),
                    bytes("v" + i),
                    List.of()))
        .toList();
  }

  private static Map<Integer, byte[]> keysByPartition(int partitions) {
    Map<Integer, byte[]> keys = new HashMap<>();
    for (int i = 0; keys.size() < partitions; i++) {
      byte[] key = bytes("key" + i);
      keys.putIfAbsent(Utils.toPositive(Utils.murmur2(key)) % partitions, key);
    }
    return keys;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void addAll(List<LogRecord> records, LogBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      records.add(batch.record(i));
    }
  }

  private static void awaitNanos(long time) {
    while (System.nanoTime() < time) {
      LockSupport.parkNanos(time - System.nanoTime());
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat("in time", System.nanoTime(), is(lessThan(deadline)));
      Thread.onSpinWait();
    }
  }

  /** A reader and what came out of it. */
  private static final class Reading implements AutoCloseable {
    final KafkaLiveReader reader;
    final List<LogRecord> read = new ArrayList<>();
    Consumer<LogBatch> onBatch = batch -> {};
    int lateRecords;
    private boolean started;
    private long lastWatermark = BEGINNING;

    Reading(KafkaLiveSource source) {
      this(source, null);
    }

    Reading(KafkaLiveSource source, @Nullable KafkaMark mark) {
      reader = source.createReader(PipelineOptionsFactory.create(), mark);
    }

    void until(BooleanSupplier condition) {
      await(
          () -> {
            step();
            return condition.getAsBoolean();
          });
    }

    void during(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      until(() -> System.nanoTime() > end);
    }

    private void step() {
      boolean any = started ? reader.advance() : reader.start();
      started = true;
      if (any) {
        LogBatch batch = reader.getCurrent();
        assertThat(
            reader.getCurrentTimestamp().getMillis(),
            is(batch.logTime(0) - reader.getCurrentSource().allowedLatenessMillis()));
        onBatch.accept(batch);
        for (int i = 0; i < batch.size(); i++) {
          lateRecords += batch.logTime(i) < lastWatermark ? 1 : 0;
        }
        addAll(read, batch);
      }
      long watermark = watermark();
      assertThat(watermark, is(greaterThanOrEqualTo(lastWatermark)));
      lastWatermark = watermark;
    }

    long watermark() {
      return reader.getWatermark().getMillis();
    }

    /** As a runner stores it. */
    KafkaMark mark() {
      try {
        return KafkaMarkCoder.of()
            .fromBytes(KafkaMarkCoder.of().toBytes(reader.getCheckpointMark()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
