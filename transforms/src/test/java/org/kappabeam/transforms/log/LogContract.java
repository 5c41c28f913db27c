package org.kappabeam.transforms.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.LogRecordCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.decode.TimeRule;

/**
 * What every log must hold; a connector's test extends it and brings a real server. A log that
 * cannot do something says so in {@link #lacks}: the tests that need it are then skipped, visibly
 * and with that reason.
 */
public abstract class LogContract {
  /** 2026-01-01T00:00:00Z. */
  protected static final long EPOCH = 1_767_225_600_000L;

  /** Longer than any of this may take; a failure must be faster still. */
  private static final Duration FAILURE_TIME = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The limit for one record that {@code --maxRecordBytes} has by default. */
  private static final int MAX_RECORD_BYTES = 262_144;

  /** Creates an empty log and returns its URI. */
  protected abstract String newLog(int partitions);

  /** The client properties to open it with. */
  protected abstract Map<String, String> properties();

  /**
   * Appends records to the partitions they name and returns them with the positions and log times
   * they got, in the same order.
   */
  protected abstract List<LogRecord> append(String uri, List<LogRecord> records);

  /** The URI of a log that does not exist, on a server that does. */
  protected abstract String unknownLog();

  /** The URI of a log on a server that does not answer. */
  protected abstract String deadLog();

  /** What this kind of log cannot do, each with the reason in words. */
  protected Map<LogAbility, String> lacks() {
    return Map.of();
  }

  /** Sets what a pipeline needs to reach the server. */
  protected void configure(PipelineOptions options) {}

  /**
   * The part of a record that this log promises to keep: what was appended and what was read are
   * compared by it. Everything, unless the log lacks something.
   */
  protected LogRecord comparable(LogRecord record) {
    return record;
  }

  /** The source behind {@link Log#live}, for a log that does not lack {@code CHECKPOINTS}. */
  protected UnboundedSource<LogBatch, ?> liveSource(Log log, Slice slice) {
    return ((Read.Unbounded<LogBatch>) log.live(slice, 60_000)).getSource();
  }

  @Test
  void everyRecordComesWithItsPositionLogTimeKeyAndBytes() {
    String uri = newLog(3);
    List<LogRecord> records = new ArrayList<>(plainRecords(30, 2));
    // Not in order of log time.
    records.add(record("2", EPOCH + 5, "early", bytes("v")));
    records.add(record("0", EPOCH + 7, "early", bytes("w")));
    List<LogRecord> written = append(uri, records);

    assertHolds(uri, written);
  }

  @Test
  void recordsWithoutKeyOrValueAreNotThoseWithEmptyOnes() {
    needs(LogAbility.NULLS);
    String uri = newLog(2);
    LogPosition zero = LogPosition.of("0", 0);
    LogPosition one = LogPosition.of("1", 0);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                LogRecord.of(zero, EPOCH + 7, null, bytes("no key"), List.of()),
                LogRecord.of(zero, EPOCH + 6, bytes("no value"), null, List.of()),
                LogRecord.of(one, EPOCH + 5, new byte[0], new byte[0], List.of())));

    assertHolds(uri, written);
  }

  @Test
  void headersAreKept() {
    needs(LogAbility.HEADERS);
    String uri = newLog(1);
    LogPosition position = LogPosition.of("0", 0);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                record("0", EPOCH, "none", bytes("v")),
                LogRecord.of(
                    position,
                    EPOCH + 1,
                    bytes("headers"),
                    bytes("v"),
                    List.of(LogHeader.of("a", bytes("1")), LogHeader.of("b", bytes("ü")))),
                record("0", EPOCH + 2, "none again", bytes("v"))));

    assertHolds(uri, written);
  }

  @Test
  void headersKeepOrderRepetitionAndAbsence() {
    needs(LogAbility.REPEATED_HEADERS);
    String uri = newLog(1);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                LogRecord.of(
                    LogPosition.of("0", 0),
                    EPOCH + 8,
                    bytes("headers"),
                    bytes("v"),
                    List.of(
                        LogHeader.of("twice", bytes("2")),
                        LogHeader.of("a", bytes("1")),
                        LogHeader.of("twice", bytes("1")),
                        LogHeader.of("none", null),
                        LogHeader.of("empty", new byte[0])))));

    assertHolds(uri, written);
  }

  @Test
  void aLiveReadOfAPinnedSliceHoldsTheSameAndEnds() {
    needs(LogAbility.SLICES);
    String uri = newLog(3);
    List<LogRecord> written = append(uri, plainRecords(30, 3));
    Log log = open(uri);

    assertReads(log.live(log.resolve("earliest", "latest"), 60_000), written);
  }

  @Test
  void anOpenLiveReadHoldsWhatIsThereAndThenWhatComes() {
    needs(LogAbility.OPEN_END);
    String uri = newLog(2);
    List<LogRecord> written = new ArrayList<>(append(uri, plainRecords(20, 2)));
    Log log = open(uri);
    List<LogRecord> read =
        harvest()
            .atLeast(
                20,
                records(log.live(log.resolve("earliest", "never"), 60_000)),
                () -> written.addAll(append(uri, plainRecords(20, 2))),
                40);

    assertSame(read, written);
  }

  @Test
  void manySubRangesHoldTheSame() {
    needs(LogAbility.SLICES);
    String uri = newLog(3);
    List<LogRecord> written = append(uri, plainRecords(100, 2));
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "latest"), 17), written);
  }

  @Test
  void partitionsWithoutRecordsLeaveTheOthersAlone() {
    needs(LogAbility.PARTITIONS);
    String uri = newLog(5);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                record("1", EPOCH, "a", bytes("1")),
                record("3", EPOCH + 1, "b", bytes("2")),
                record("3", EPOCH + 2, "c", bytes("3"))));

    assertHolds(uri, written);
    if (can(LogAbility.SLICES)) {
      Log log = open(uri);
      Slice slice = log.resolve("earliest", "latest");
      assertThat(slice.ranges(), hasSize(5));
      assertReads(log.live(slice, 0), written);
    }
  }

  @Test
  void anIdleAndAnEmptyPartitionFollowTheClockOfTheLog() {
    needs(LogAbility.OPEN_END);
    needs(LogAbility.LOG_CLOCK);
    needs(LogAbility.LOG_TIME);
    String uri = newLog(3);
    // Partition 0 goes idle, partition 2 stays empty.
    List<LogRecord> first = append(uri, plainRecords(5, 1));
    append(uri, List.of(record("1", EPOCH + 3_600_000, "later", bytes("v"))));
    Log log = open(uri);
    List<LogRecord> settled =
        harvest()
            .atLeast(
                5,
                records(
                    new PTransform<PBegin, PCollection<LogBatch>>() {
                      @Override
                      public PCollection<LogBatch> expand(PBegin begin) {
                        // A window is put out once the watermark has passed its end.
                        return begin
                            .apply(log.live(log.resolve("earliest", "never"), 0))
                            .apply(
                                Window.into(
                                    FixedWindows.of(org.joda.time.Duration.standardMinutes(1))))
                            .apply(WithKeys.of(""))
                            .apply(GroupByKey.create())
                            .apply(Values.create())
                            .apply(Flatten.iterables());
                      }
                    }));

    assertSame(settled, first);
  }

  @Test
  void aRestartFromAnyCheckpointLosesNothingAndRepeatsNothing() throws Exception {
    needs(LogAbility.SLICES);
    needs(LogAbility.CHECKPOINTS);
    String uri = newLog(2);
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      // Too much for one batch, so that there are marks in the middle.
      records.add(record(Integer.toString(i % 2), EPOCH + i, "k" + i, noise(150_000, i)));
    }
    List<LogRecord> written = append(uri, records);
    Log log = open(uri);
    PipelineOptions options = options();
    List<LogRecord> read = new ArrayList<>();
    int restarts = 0;
    for (UnboundedSource<LogBatch, ?> split :
        liveSource(log, log.resolve("earliest", "latest")).split(1, options)) {
      restarts += readWithRestarts(split, options, read);
    }

    assertSame(read, written);
    assertThat(restarts, greaterThan(3));
  }

  /** Reads to the end, by a new reader after each batch; returns how many readers that took. */
  private static <M extends CheckpointMark> int readWithRestarts(
      UnboundedSource<LogBatch, M> source, PipelineOptions options, List<LogRecord> read)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    M mark = null;
    for (int readers = 1; ; readers++) {
      try (UnboundedReader<LogBatch> reader = source.createReader(options, mark)) {
        boolean available = reader.start();
        while (!available) {
          if (!reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
            return readers;
          }
          assertThat("read in time", System.nanoTime(), lessThan(deadline));
          TimeUnit.MILLISECONDS.sleep(5);
          available = reader.advance();
        }
        read.addAll(records(reader.getCurrent()));
        @SuppressWarnings("unchecked") // what its own source says it is
        M taken = (M) reader.getCheckpointMark();
        mark = CoderUtils.clone(source.getCheckpointMarkCoder(), taken);
        taken.finalizeCheckpoint();
      }
    }
  }

  @Test
  void aPinnedSliceDoesNotGrowWithTheLog() {
    needs(LogAbility.SLICES);
    String uri = newLog(2);
    List<LogRecord> written = append(uri, plainRecords(10, 2));
    Log log = open(uri);
    Slice pinned = log.resolve("earliest", "latest");
    append(uri, plainRecords(10, 2));

    assertReads(log.slice(pinned, 0), written);
    assertReads(log.live(pinned, 0), written);
  }

  @Test
  void instantsPinFromInclusiveUntilExclusive() {
    needs(LogAbility.SLICES);
    needs(LogAbility.INSTANTS);
    needs(LogAbility.LOG_TIME);
    String uri = newLog(2);
    List<LogRecord> written = append(uri, plainRecords(40, 2));
    Log log = open(uri);
    Slice slice =
        log.resolve(
            Instant.ofEpochMilli(EPOCH + 10_000).toString(),
            Instant.ofEpochMilli(EPOCH + 25_000).toString());

    assertReads(
        log.slice(slice, 4),
        written.stream()
            .filter(r -> r.logTime() >= EPOCH + 10_000 && r.logTime() < EPOCH + 25_000)
            .toList());
  }

  @Test
  void instantsPastTheEndPinTheEnd() {
    needs(LogAbility.SLICES);
    needs(LogAbility.INSTANTS);
    String uri = newLog(2);
    List<LogRecord> written = append(uri, plainRecords(5, 1));
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "2099-01-01T00:00:00Z"), 0), written);
    assertReads(
        log.slice(log.resolve("2098-01-01T00:00:00Z", "2099-01-01T00:00:00Z"), 0), List.of());
  }

  @Test
  void fromLatestLeavesOutWhatWasThere() {
    needs(LogAbility.SLICES);
    needs(LogAbility.OPEN_END);
    String uri = newLog(2);
    append(uri, plainRecords(5, 2));
    Log log = open(uri);
    Slice live = log.resolve("latest", "never");
    assertThat(live.isPinned(), is(false));
    List<LogRecord> later = append(uri, plainRecords(7, 2));
    Slice ends = log.resolve("latest", "latest");
    List<Slice.Range> between = new ArrayList<>();
    for (int i = 0; i < live.ranges().size(); i++) {
      between.add(live.ranges().get(i).upTo(ends.ranges().get(i)));
    }

    assertReads(log.slice(Slice.of(between), 0), later);
  }

  @Test
  void anEmptyLogIsAnEmptySlice() {
    needs(LogAbility.SLICES);
    Log log = open(newLog(2));
    Slice slice = log.resolve("earliest", "latest");

    assertReads(log.slice(slice, 3), List.of());
    assertReads(log.live(slice, 0), List.of());
  }

  @Test
  void aSliceKnowsHowManyRecordsItHas() {
    needs(LogAbility.SLICES);
    needs(LogAbility.CONSECUTIVE_POSITIONS);
    String uri = newLog(2);
    append(uri, plainRecords(25, 2));

    assertThat(open(uri).resolve("earliest", "latest").size(), is(25L));
  }

  @Test
  void aRecordOfNineHundredKilobytesArrivesWhole() {
    String uri = newLog(1);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                record("0", EPOCH, "k", noise(900_000, 0)),
                record("0", EPOCH + 1, "k", noise(900_000, 1))));

    assertHolds(uri, written);
  }

  @Test
  void aRecordLargerThanTheLimitIsADeadLetterAndTheOthersGoOn() {
    String uri = newLog(1);
    List<LogRecord> written =
        append(
            uri,
            List.of(
                record("0", EPOCH, "k", transaction("before")),
                record("0", EPOCH + 1, "k", noise(MAX_RECORD_BYTES + 1, 0)),
                record("0", EPOCH + 2, "k", transaction("after"))));
    PTransform<PBegin, PCollection<LogBatch>> read = readAll(open(uri));
    List<String> outcome =
        harvest(
            3,
            new PTransform<PBegin, PCollection<String>>() {
              @Override
              public PCollection<String> expand(PBegin begin) {
                return begin.apply(read).apply(new Decoded());
              }
            });

    assertThat(
        new LinkedHashSet<>(outcome),
        containsInAnyOrder(
            "before", "after", "TOO_LARGE k of " + comparable(written.get(1)).position()));
  }

  @Test
  void whatAWriterAppendsIsReadBackWithItsLogTime() {
    needs(LogAbility.WRITER);
    needs(LogAbility.LOG_TIME);
    String uri = newLog(3);
    List<String> expected = new ArrayList<>();
    try (LogWriter writer = Logs.writer(uri, properties())) {
      for (int i = 0; i < 50; i++) {
        writer.write(bytes("key" + i), bytes("value" + i), EPOCH + i);
        expected.add("key" + i + "=value" + i + "@" + (EPOCH + i));
      }
      writer.flush();
    }
    List<String> read = new ArrayList<>();
    for (LogRecord record : harvest(50, records(readAll(open(uri))))) {
      read.add(text(record.key()) + "=" + text(record.value()) + "@" + record.logTime());
    }
    assertThat(read, containsInAnyOrder(expected.toArray()));
  }

  @Test
  void anUnknownLogIsOneClearFailure() {
    assertFailsClearly(unknownLog());
  }

  @Test
  void aServerThatDoesNotAnswerIsOneClearFailure() {
    needs(LogAbility.SERVER);
    assertFailsClearly(deadLog());
  }

  @Test
  void aBoundThatIsNoneIsOneClearFailure() {
    Log log = open(newLog(1));

    KappaException failure =
        assertThrows(KappaException.class, () -> log.resolve("yesterday", "latest"));
    assertThat(failure.getMessage(), containsString("yesterday"));
    assertThrows(
        KappaException.class, () -> log.resolve("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"));
  }

  private void assertFailsClearly(String uri) {
    long start = System.nanoTime();
    for (var call :
        List.<Executable>of(
            () -> open(uri).resolve("earliest", "latest"),
            () -> Logs.writer(uri, properties()).close())) {
      KappaException failure = assertThrows(KappaException.class, call);
      assertThat(failure.getMessage().lines().count(), is(1L));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start), lessThan(FAILURE_TIME.multipliedBy(2)));
  }

  private Log open(String uri) {
    return Logs.open(uri, properties());
  }

  private void needs(LogAbility ability) {
    String reason = lacks().get(ability);
    assumeTrue(reason == null, () -> "no " + ability + ": " + reason);
  }

  private boolean can(LogAbility ability) {
    return !lacks().containsKey(ability);
  }

  private PipelineOptions options() {
    PipelineOptions options = PipelineOptionsFactory.create();
    configure(options);
    return options;
  }

  private Harvest harvest() {
    return new Harvest(options(), PATIENCE);
  }

  /** What is in the log now: as a slice, where it has slices. */
  private PTransform<PBegin, PCollection<LogBatch>> readAll(Log log) {
    return can(LogAbility.SLICES)
        ? log.slice(log.resolve("earliest", "latest"), 0)
        : log.live(log.resolve("earliest", "never"), 60_000);
  }

  /** What the graph makes of {@link #readAll}. */
  private <T> List<T> harvest(int expected, PTransform<PBegin, PCollection<T>> graph) {
    return can(LogAbility.SLICES) ? harvest().all(graph) : harvest().atLeast(expected, graph);
  }

  /** That the log holds these records. */
  private void assertHolds(String uri, List<LogRecord> expected) {
    assertSame(harvest(expected.size(), records(readAll(open(uri)))), expected);
  }

  /** That a read that ends by itself gives these records. */
  private void assertReads(
      PTransform<PBegin, PCollection<LogBatch>> read, List<LogRecord> expected) {
    assertSame(harvest().all(records(read)), expected);
  }

  private void assertSame(List<LogRecord> read, List<LogRecord> expected) {
    List<LogRecord> found = read.stream().map(this::comparable).toList();
    if (!can(LogAbility.ONCE)) {
      found = List.copyOf(new LinkedHashSet<>(found));
    }
    Map<LogRecord, Integer> surplus = new HashMap<>();
    found.forEach(record -> surplus.merge(record, 1, Integer::sum));
    expected.forEach(record -> surplus.merge(comparable(record), -1, Integer::sum));
    surplus.values().removeIf(count -> count == 0);
    assertThat("read too often (> 0) or not (< 0)", surplus, is(Map.of()));
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

  private static List<LogRecord> records(LogBatch batch) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      records.add(batch.record(i));
    }
    return records;
  }

  /** Records a second apart, the partitions in turn. */
  protected static List<LogRecord> plainRecords(int n, int partitions) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      records.add(
          record(
              Integer.toString(i % partitions), EPOCH + i * 1_000L, "k" + i, bytes("value" + i)));
    }
    return records;
  }

  protected static LogRecord record(String partition, long logTime, String key, byte[] value) {
    return LogRecord.of(LogPosition.of(partition, 0), logTime, bytes(key), value, List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "null" : new String(bytes, UTF_8);
  }

  /** Bytes that do not compress to nothing. */
  private static byte[] noise(int length, int seed) {
    byte[] noise = new byte[length];
    for (int i = 0; i < length; i++) {
      noise[i] = (byte) ((i + seed) * 31 ^ i >>> 7);
    }
    return noise;
  }

  private static byte[] transaction(String id) {
    return new EventEncoder()
        .encode(
            TransactionType.of(),
            Transaction.of(id, EPOCH, "customer", "terminal", 100),
            MessageFormat.AVRO);
  }

  private static final class Records extends DoFn<LogBatch, LogRecord> {
    @ProcessElement
    public void each(@Element LogBatch batch, OutputReceiver<LogRecord> out) {
      records(batch).forEach(out::output);
    }
  }

  /** Events by their ids, dead letters by reason, key and position. */
  private static final class Decoded
      extends PTransform<PCollection<LogBatch>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<LogBatch> records) {
      Route<Transaction, Transaction> route =
          Route.of(TransactionType.of(), Transaction::customerId);
      Duration any = Duration.ofDays(100_000);
      DecodeLog decode = DecodeLog.of(List.of(route), TimeRule.of(any, any), MAX_RECORD_BYTES, 1);
      PCollectionTuple decoded = records.apply(decode);
      return PCollectionList.of(
              decoded.get(route.tag()).apply(Values.create()).apply(ParDo.of(new Ids())))
          .and(decoded.get(decode.deadLetters()).apply(ParDo.of(new Reasons())))
          .apply(Flatten.pCollections());
    }
  }

  private static final class Ids extends DoFn<Batch<Transaction>, String> {
    @ProcessElement
    public void each(@Element Batch<Transaction> batch, OutputReceiver<String> out) {
      batch.values().forEach(transaction -> out.output(transaction.id()));
    }
  }

  private static final class Reasons extends DoFn<DeadLetter, String> {
    @ProcessElement
    public void each(@Element DeadLetter letter, OutputReceiver<String> out) {
      LogRecord record = letter.record();
      out.output(letter.reason() + " " + text(record.key()) + " of " + record.position());
    }
  }
}
