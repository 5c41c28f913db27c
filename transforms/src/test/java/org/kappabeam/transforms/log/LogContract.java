package org.kappabeam.transforms.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.LogRecordCoder;
import org.kappabeam.coders.log.Slice;

/** What every log must hold; a connector's test extends it and brings a real server. */
public abstract class LogContract {
  /** 2026-01-01T00:00:00Z. */
  protected static final long EPOCH = 1_767_225_600_000L;

  /** Longer than any of this may take; a failure must be faster still. */
  private static final Duration FAILURE_TIME = Duration.ofSeconds(20);

  /** Creates an empty log and returns its URI. */
  protected abstract String newLog(int partitions);

  /** The client properties to open it with. */
  protected abstract Map<String, String> properties();

  /**
   * Appends records to the partitions they name and returns them with the positions they got, in
   * the same order.
   */
  protected abstract List<LogRecord> append(String uri, List<LogRecord> records);

  /** The URI of a log that does not exist, on a server that does. */
  protected abstract String unknownLog();

  /** The URI of a log on a server that does not answer. */
  protected abstract String deadLog();

  @Test
  void aSliceHoldsEveryRecordWithItsPositionLogTimeKeyHeadersAndBytes() {
    String uri = newLog(3);
    List<LogRecord> written = append(uri, variedRecords());
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "latest"), 0), written);
  }

  @Test
  void aLiveReadOfAPinnedSliceHoldsTheSameAndEnds() {
    String uri = newLog(3);
    List<LogRecord> written = append(uri, variedRecords());
    Log log = open(uri);

    assertReads(log.live(log.resolve("earliest", "latest"), 60_000), written);
  }

  @Test
  void manySubRangesHoldTheSame() {
    String uri = newLog(3);
    List<LogRecord> written = append(uri, plainRecords(100, 2));
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "latest"), 17), written);
  }

  @Test
  void aPinnedSliceDoesNotGrowWithTheLog() {
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
    String uri = newLog(2);
    List<LogRecord> written = append(uri, plainRecords(5, 1));
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "2099-01-01T00:00:00Z"), 0), written);
    assertReads(
        log.slice(log.resolve("2098-01-01T00:00:00Z", "2099-01-01T00:00:00Z"), 0), List.of());
  }

  @Test
  void fromLatestLeavesOutWhatWasThere() {
    String uri = newLog(2);
    append(uri, plainRecords(5, 2));
    Log log = open(uri);
    Slice live = log.resolve("latest", "never");
    assertThat(live.isPinned(), is(false));
    List<LogRecord> later = append(uri, plainRecords(7, 2));
    Slice ends = log.resolve("latest", "latest");
    List<Slice.Range> between = new ArrayList<>();
    for (int i = 0; i < live.ranges().size(); i++) {
      Slice.Range range = live.ranges().get(i);
      between.add(Slice.Range.of(range.partition(), range.from(), ends.ranges().get(i).from()));
    }

    assertReads(log.slice(Slice.of(between), 0), later);
  }

  @Test
  void anEmptyLogIsAnEmptySlice() {
    Log log = open(newLog(2));
    Slice slice = log.resolve("earliest", "latest");

    assertReads(log.slice(slice, 3), List.of());
    assertReads(log.live(slice, 0), List.of());
  }

  @Test
  void aRecordOfNineHundredKilobytesArrivesWhole() {
    String uri = newLog(1);
    byte[] large = new byte[900_000];
    for (int i = 0; i < large.length; i++) {
      // Does not compress to nothing.
      large[i] = (byte) (i * 31 ^ i >>> 7);
    }
    List<LogRecord> written =
        append(
            uri,
            List.of(record("0", EPOCH, "k", large), record("0", EPOCH + 1, "k", large.clone())));
    Log log = open(uri);

    assertReads(log.slice(log.resolve("earliest", "latest"), 0), written);
  }

  @Test
  void whatAWriterAppendsIsReadBackWithItsLogTime() {
    String uri = newLog(3);
    List<String> expected = new ArrayList<>();
    try (LogWriter writer = Logs.writer(uri, properties())) {
      for (int i = 0; i < 50; i++) {
        writer.write(bytes("key" + i), bytes("value" + i), EPOCH + i);
        expected.add("key" + i + "=value" + i + "@" + (EPOCH + i));
      }
      writer.flush();
    }
    Log log = open(uri);
    TestPipeline pipeline = pipeline();
    PCollection<String> read =
        pipeline
            .apply(log.slice(log.resolve("earliest", "latest"), 0))
            .apply(ParDo.of(new Describe()));
    PAssert.that(read).containsInAnyOrder(expected);

    pipeline.run().waitUntilFinish();
  }

  @Test
  void anUnknownLogIsOneClearFailure() {
    assertFailsClearly(unknownLog());
  }

  @Test
  void aServerThatDoesNotAnswerIsOneClearFailure() {
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

  private static TestPipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }

  private static void assertReads(
      PTransform<PBegin, PCollection<LogBatch>> read, List<LogRecord> expected) {
    TestPipeline pipeline = pipeline();
    PCollection<LogRecord> records =
        pipeline.apply(read).apply(ParDo.of(new Records())).setCoder(LogRecordCoder.of());
    if (expected.isEmpty()) {
      PAssert.that(records).empty();
    } else {
      PAssert.that(records).containsInAnyOrder(expected);
    }
    pipeline.run().waitUntilFinish();
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

  /** Without key, without value, with empty ones, with headers; not in order of log time. */
  private static List<LogRecord> variedRecords() {
    LogPosition zero = LogPosition.of("0", 0);
    LogPosition two = LogPosition.of("2", 0);
    List<LogRecord> records = new ArrayList<>(plainRecords(30, 2));
    records.add(LogRecord.of(zero, EPOCH + 7, null, bytes("no key"), List.of()));
    records.add(LogRecord.of(zero, EPOCH + 6, bytes("no value"), null, List.of()));
    records.add(LogRecord.of(two, EPOCH + 5, new byte[0], new byte[0], List.of()));
    records.add(
        LogRecord.of(
            two,
            EPOCH + 8,
            bytes("headers"),
            bytes("v"),
            List.of(
                LogHeader.of("twice", bytes("1")),
                LogHeader.of("twice", bytes("2")),
                LogHeader.of("none", null))));
    records.add(LogRecord.of(two, EPOCH + 9, bytes("plain"), bytes("v"), List.of()));
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

  private static final class Records extends DoFn<LogBatch, LogRecord> {
    @ProcessElement
    public void each(@Element LogBatch batch, OutputReceiver<LogRecord> out) {
      for (int i = 0; i < batch.size(); i++) {
        out.output(batch.record(i));
      }
    }
  }

  private static final class Describe extends DoFn<LogBatch, String> {
    @ProcessElement
    public void each(@Element LogBatch batch, OutputReceiver<String> out) {
      for (int i = 0; i < batch.size(); i++) {
        out.output(text(batch.key(i)) + "=" + text(batch.value(i)) + "@" + batch.logTime(i));
      }
    }
  }
}
