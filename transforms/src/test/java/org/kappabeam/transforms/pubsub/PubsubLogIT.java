package org.kappabeam.transforms.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogAbility;
import org.kappabeam.transforms.log.LogContract;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

class PubsubLogIT extends LogContract {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();
  private static final Map<String, String> QUICK = Map.of("endAfterIdleSeconds", "2");

  private static @Nullable PubsubEmulator emulator;

  @BeforeAll
  static void start(@TempDir Path dir) throws IOException, InterruptedException {
    emulator = PubsubEmulator.start(dir);
  }

  @AfterAll
  static void stop() {
    if (emulator != null) {
      emulator.close();
    }
  }

  @Override
  protected String newLog(int partitions) {
    return emulator.newLog();
  }

  @Override
  protected Map<String, String> properties() {
    return QUICK;
  }

  @Override
  protected List<LogRecord> append(String uri, List<LogRecord> records) {
    return PubsubEmulator.append(uri, records);
  }

  @Override
  protected String unknownLog() {
    return emulator.uri("nowhere");
  }

  @Override
  protected String deadLog() {
    // Port 1 is reserved and served by nobody.
    return "pubsub://test-project/subscription?emulator=127.0.0.1:1";
  }

  @Override
  protected Map<LogAbility, String> lacks() {
    return Map.of(
        LogAbility.SLICES, "a subscription has no positions to pin; a replay reads a snapshot",
        LogAbility.INSTANTS, "a subscription is sought to a time only before anybody reads from it",
        LogAbility.LOG_CLOCK, "a topic has no partitions of which one could be idle",
        LogAbility.ONCE, "the service delivers at least once",
        LogAbility.PARTITIONS, "a topic has no partitions",
        LogAbility.CONSECUTIVE_POSITIONS, "message ids are unique, not consecutive",
        LogAbility.REPEATED_HEADERS, "attributes are a map of text");
  }

  @Test
  void aRestartFromAnyCheckpointLosesNothing() throws Exception {
    String uri = emulator.newLog();
    List<LogRecord> written = append(uri, large(40));
    PubsubSource source = source(uri, "never");
    List<LogRecord> read = new ArrayList<>();
    PubsubMark mark = null;
    int readers = 0;
    while (!new HashSet<>(read).containsAll(written)) {
      readers++;
      try (PubsubReader reader = source.createReader(OPTIONS, mark)) {
        read.addAll(records(next(reader, true)));
        PubsubMark taken = reader.getCheckpointMark();
        mark = CoderUtils.clone(source.getCheckpointMarkCoder(), taken);
        // Read, but behind the mark: for the next reader to read again.
        reader.advance();
        taken.finalizeCheckpoint();
      }
    }

    assertThat(new HashSet<>(written).containsAll(read), is(true));
    assertThat(readers, greaterThan(3));
  }

  @Test
  void whatNoDurableCheckpointCoversComesAgainInAnotherProcess() throws Exception {
    String uri = emulator.newLog();
    List<LogRecord> written = append(uri, large(20));
    PubsubSource first = source(uri, "never");
    PubsubMark durable;
    Set<LogRecord> covered;
    try (PubsubReader reader = first.createReader(OPTIONS, null)) {
      covered = new HashSet<>(records(next(reader, true)));
      durable = reader.getCheckpointMark();
      durable.finalizeCheckpoint();
      next(reader, false);
    }
    // Another source has another session, as in another process.
    PubsubSource second = source(uri, "never");
    Set<LogRecord> read = new HashSet<>();
    try (PubsubReader reader =
        second.createReader(OPTIONS, CoderUtils.clone(first.getCheckpointMarkCoder(), durable))) {
      boolean started = false;
      while (read.size() < written.size() - covered.size()) {
        read.addAll(records(next(reader, !started)));
        started = true;
      }
      read.addAll(covered);
      assertThat(read, equalTo(new HashSet<>(written)));
      assertThat(
          "held while the failed reader's leases may last",
          reader.getWatermark().getMillis() + 60_000,
          is(durable.logTime()));
    }
  }

  @Test
  void aRunnersOwnPauseIsNotTheEndOfTheLog() throws Exception {
    String uri = emulator.newLog();
    int written = append(uri, plainRecords(8_000, 1)).size();
    // By what they say: a writer that is not answered in time publishes again.
    Set<String> read = new HashSet<>();
    try (PubsubReader reader = source(uri, "latest").createReader(OPTIONS, null)) {
      read.addAll(values(next(reader, true)));
      // Longer than nothing must come until the end; what was asked for before is in hand then.
      TimeUnit.SECONDS.sleep(3);
      while (reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
        if (reader.advance()) {
          read.addAll(values(reader.getCurrent()));
        }
      }
    }
    assertThat(read.size(), is(written));
  }

  @Test
  void aReaderThatWasHeldUpForTooLongGoesOnWithAllMessages() throws Exception {
    String uri = emulator.newLog();
    List<LogRecord> written = append(uri, large(20));
    PubsubSource source = source(uri, "latest");
    Set<LogRecord> read = new HashSet<>();
    try (PubsubReader reader = source.createReader(OPTIONS, null)) {
      read.addAll(records(next(reader, true)));
      reader.getCheckpointMark().finalizeCheckpoint();
      // As the clock of leases would after some minutes without a sign of life.
      PubsubSession abandoned = reader.session();
      assertThat(abandoned.turn(System.nanoTime() + PubsubSession.ALIVE_NANOS * 2), is(true));
      assertThat(
          "not mistaken for the end",
          reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE),
          is(true));
      while (read.size() < written.size()) {
        read.addAll(records(next(reader, false)));
      }
      assertThat(reader.session() == abandoned, is(false));
    }
    assertThat(read, equalTo(new HashSet<>(written)));
  }

  @Test
  void whatIsAcknowledgedDoesNotComeAgain() throws Exception {
    String uri = emulator.newLog();
    append(uri, plainRecords(30, 1));
    assertThat(readToEnd(source(uri, "latest")).size(), is(30));
    // Longer than the emulator waits before it delivers again what nobody holds.
    assertThat(readToEnd(source(uri, "latest")).keySet(), empty());
  }

  @Test
  void aReadUntilLatestEndsAndLeavesWhatCameLater() throws Exception {
    String uri = emulator.newLog();
    List<LogRecord> before = append(uri, plainRecords(10, 1));
    PubsubSource source = source(uri, "latest");
    TimeUnit.MILLISECONDS.sleep(20);
    List<LogRecord> after = append(uri, plainRecords(5, 1));
    assertThat(readToEnd(source).keySet(), equalTo(new HashSet<>(before)));

    PubsubSource rest = source(uri, "never");
    Set<LogRecord> found = new HashSet<>();
    try (PubsubReader reader = rest.createReader(OPTIONS, null)) {
      boolean started = false;
      while (found.size() < after.size()) {
        found.addAll(records(next(reader, !started)));
        started = true;
      }
    }
    assertThat(found, equalTo(new HashSet<>(after)));
  }

  @Test
  void withoutAnAttributeTheLogTimeIsThePublishTime() throws Exception {
    String uri = emulator.newLog();
    long start = System.currentTimeMillis();
    PubsubMessage plain =
        PubsubMessage.newBuilder()
            .setData(ByteString.copyFromUtf8("v"))
            .putAttributes("id", "e1")
            .putAttributes("eventTime", "1767225600000")
            .build();
    PubsubEmulator.publish(PubsubUri.parse(uri), List.of(plain));
    LogRecord read = readToEnd(source(uri, "latest")).keySet().iterator().next();

    assertThat(read.logTime(), greaterThanOrEqualTo(start - 1));
    assertThat(read.logTime(), lessThan(System.currentTimeMillis() + 1));
    assertThat(
        read.headers(),
        equalTo(
            List.of(
                LogHeader.of("eventTime", "1767225600000".getBytes(UTF_8)),
                LogHeader.of("id", "e1".getBytes(UTF_8)))));
  }

  @Test
  void whoHasNotAskedBeforeReadsTheSamePositions() throws Exception {
    String uri = emulator.newLog();
    List<LogRecord> written = append(uri, plainRecords(5, 1));
    Log log = Logs.open(uri, QUICK);
    Slice unasked = log.resolveUnasked("earliest", "never").orElseThrow();
    PubsubSource source =
        (PubsubSource) ((Read.Unbounded<LogBatch>) log.live(unasked, 60_000)).getSource();
    Set<LogRecord> read = new HashSet<>();
    try (PubsubReader reader = source.createReader(OPTIONS, null)) {
      read.addAll(records(next(reader, true)));
      while (read.size() < 5) {
        read.addAll(records(next(reader, false)));
      }
    }

    assertThat(read, equalTo(new HashSet<>(written)));
    assertThat(log.resolveUnasked("earliest", "latest"), is(Optional.empty()));
  }

  @Test
  void aWriterAlsoTakesATopicWithoutSubscription() throws Exception {
    String live = emulator.newLog();
    // A subscription of another name on the same topic: its writer publishes where it reads.
    PubsubReplay replay = PubsubReplay.of(live, QUICK);
    replay.snapshot(PubsubUri.parse(live).name() + "-s");
    String other =
        replay.fromSnapshot(PubsubEmulator.newName(), PubsubUri.parse(live).name() + "-s");
    try (LogWriter writer = Logs.writer(other, QUICK)) {
      writer.write(null, "to the topic behind it".getBytes(UTF_8), EPOCH);
      writer.flush();
    }
    assertThat(readToEnd(source(live, "latest")).size(), is(1));
  }

  @Test
  void aReplayReadsASnapshotThroughANewSubscriptionAndLeavesTheLiveOneAlone() throws Exception {
    String live = emulator.newLog();
    String snapshot = PubsubUri.parse(live).name() + "-before";
    List<LogRecord> first = append(live, plainRecords(20, 1));
    PubsubReplay replay = PubsubReplay.of(live, QUICK);
    replay.snapshot(snapshot);
    replay.snapshot(snapshot);
    assertThat(readToEnd(source(live, "latest")).keySet(), equalTo(new HashSet<>(first)));
    List<LogRecord> second = append(live, plainRecords(5, 1));

    String again = replay.fromSnapshot(PubsubEmulator.newName(), snapshot);
    Set<LogRecord> all = new HashSet<>(first);
    all.addAll(second);
    assertThat(
        "the same records at the same positions",
        readToEnd(source(again, "latest")).keySet(),
        equalTo(all));
    assertThat(readToEnd(source(live, "latest")).keySet(), equalTo(new HashSet<>(second)));
    replay.dropSnapshot(snapshot);
    replay.dropSnapshot(snapshot);
    assertThat(
        assertThrows(
                KappaException.class, () -> replay.fromSnapshot(PubsubEmulator.newName(), snapshot))
            .getMessage(),
        containsString("no snapshot"));
  }

  @Test
  void aSubscriptionThatExistsIsNeverSought() {
    String live = emulator.newLog();
    PubsubReplay replay = PubsubReplay.of(live, QUICK);
    String name = PubsubUri.parse(live).name();
    replay.snapshot(name + "-s");
    assertThat(
        assertThrows(KappaException.class, () -> replay.fromSnapshot(name, name + "-s"))
            .getMessage(),
        containsString("exists"));
    assertThat(
        assertThrows(KappaException.class, () -> replay.fromPublishTime(name, Instant.EPOCH))
            .getMessage(),
        containsString("exists"));
  }

  @Test
  void onceNothingComesTheWatermarkFollowsTheNewestLogTime() throws Exception {
    String uri = emulator.newLog();
    append(uri, plainRecords(5, 1));
    append(uri, List.of(record("0", EPOCH - 7_000_000, "older, but later", new byte[0])));
    PubsubSource source = source(uri, "never");
    try (PubsubReader reader = source.createReader(OPTIONS, null)) {
      int read = next(reader, true).size();
      while (read < 6) {
        read += next(reader, false).size();
      }
      assertThat(reader.getWatermark().getMillis(), is(EPOCH - 7_000_000 - 60_000));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (reader.getWatermark().getMillis() < EPOCH - 60_000) {
        assertThat("moves on in time", System.nanoTime(), lessThan(deadline));
        reader.advance();
      }
      assertThat(reader.getWatermark().getMillis(), is(EPOCH + 4_000 - 60_000));
    }
  }

  @Test
  void aReplayFromATimeReadsWhatWasPublishedSince() throws Exception {
    String live = emulator.newLog();
    append(live, plainRecords(5, 1));
    TimeUnit.MILLISECONDS.sleep(50);
    Instant between = Instant.now();
    List<LogRecord> since = append(live, plainRecords(3, 1));
    String again = PubsubReplay.of(live, QUICK).fromPublishTime(PubsubEmulator.newName(), between);

    assertThat(readToEnd(source(again, "latest")).keySet(), equalTo(new HashSet<>(since)));
  }

  @Test
  void aReplayThatFailsLeavesNoSubscriptionBehind() {
    PubsubReplay replay = PubsubReplay.of(emulator.newLog(), QUICK);
    String name = PubsubEmulator.newName();
    assertThrows(KappaException.class, () -> replay.fromPublishTime(name, Instant.MAX));

    Log gone = Logs.open(emulator.uri(name), QUICK);
    assertThat(
        assertThrows(KappaException.class, () -> gone.resolve("earliest", "never")).getMessage(),
        containsString("no subscription"));
  }

  @Test
  void anotherStartThanEarliestIsRefused() {
    Log log = Logs.open(emulator.newLog(), QUICK);
    for (String from : List.of("latest", "2026-01-01T00:00:00Z")) {
      assertThat(
          assertThrows(KappaException.class, () -> log.resolve(from, "never")).getMessage(),
          containsString("new subscription"));
    }
    assertThat(
        assertThrows(KappaException.class, () -> log.slice(log.resolve("earliest", "latest"), 1))
            .getMessage(),
        containsString("no positions"));
  }

  @Test
  void leasesAreKeptUpWhileACheckpointIsNotDurable() throws Exception {
    String uri = emulator.newLog();
    append(uri, plainRecords(5, 1));
    PubsubSource source = source(uri, "never");
    try (PubsubReader reader = source.createReader(OPTIONS, null)) {
      List<LogRecord> read = new ArrayList<>(records(next(reader, true)));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(75);
      while (System.nanoTime() < deadline) {
        if (reader.advance()) {
          read.addAll(records(reader.getCurrent()));
        }
      }
      assertThat("none came twice", read.size(), is(new HashSet<>(read).size()));
      reader.getCheckpointMark().finalizeCheckpoint();
    }
  }

  private static PubsubSource source(String uri, String until) {
    Log log = Logs.open(uri, QUICK);
    return (PubsubSource)
        ((Read.Unbounded<LogBatch>) log.live(log.resolve("earliest", until), 60_000)).getSource();
  }

  private static LogBatch next(PubsubReader reader, boolean start) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean available = start ? reader.start() : reader.advance();
    while (!available) {
      assertThat("read in time", System.nanoTime(), lessThan(deadline));
      available = reader.advance();
    }
    return reader.getCurrent();
  }

  /** Reads, with a checkpoint behind each batch; returns how often each record came. */
  private static Map<LogRecord, Integer> readToEnd(PubsubSource source) {
    Map<LogRecord, Integer> read = new LinkedHashMap<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (PubsubReader reader = source.createReader(OPTIONS, null)) {
      boolean available = reader.start();
      while (available || reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
        assertThat("read in time", System.nanoTime(), lessThan(deadline));
        if (available) {
          records(reader.getCurrent()).forEach(record -> read.merge(record, 1, Integer::sum));
          reader.getCheckpointMark().finalizeCheckpoint();
        }
        available = reader.advance();
      }
    }
    return read;
  }

  private static List<String> values(LogBatch batch) {
    return records(batch).stream().map(record -> new String(record.value(), UTF_8)).toList();
  }

  private static List<LogRecord> records(LogBatch batch) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      records.add(batch.record(i));
    }
    return records;
  }

  /** Too much for one batch, so that there are marks in the middle. */
  private static List<LogRecord> large(int n) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      records.add(record("0", EPOCH + i, "k" + i, new byte[150_000]));
    }
    return records;
  }
}
