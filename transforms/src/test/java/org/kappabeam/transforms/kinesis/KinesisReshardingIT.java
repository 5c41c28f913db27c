package org.kappabeam.transforms.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
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
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * What is special about Kinesis: shards come and go, and reading starts at places of many kinds.
 */
class KinesisReshardingIT {
  private static final long EPOCH = 1_767_225_600_000L;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  private static KinesisMock kinesis;

  @BeforeAll
  static void start(@TempDir Path dir) {
    kinesis = KinesisMock.start(dir);
  }

  @AfterAll
  static void stop() {
    if (kinesis != null) {
      kinesis.close();
    }
  }

  @Test
  void reshardingInTheMiddleLosesNothingAndParentsComeFirst() throws Exception {
    String uri = kinesis.newStream(2, true);
    List<LogRecord> written = new ArrayList<>(append(uri, 0, 40, 2));
    KinesisLiveSource source = source(uri, log(uri).resolve("earliest", "never"));
    List<LogRecord> read = new ArrayList<>();
    KinesisMark mark = readOn(source, null, read, 20);

    kinesis.reshard(uri, 4);
    written.addAll(append(uri, 100, 40, 4));
    // Restarted while the parents are not read to their end.
    mark = readOn(source, mark, read, 50);
    kinesis.reshard(uri, 2);
    written.addAll(append(uri, 200, 40, 2));
    // Restarted among the children, and read on into the shards that were merged.
    readOn(source, mark, read, written.size());

    assertThat(read, containsInAnyOrder(written.toArray()));
    List<Shard> shards = kinesis.shards(uri);
    assertThat(shards, hasSize(8));
    for (Shard shard : shards) {
      for (String parent : KinesisLineage.parents(shard)) {
        assertThat(
            parent + " before " + shard.shardId(),
            last(read, parent),
            lessThan(first(read, shard)));
      }
    }
  }

  private static int first(List<LogRecord> read, Shard shard) {
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i).position().shard().equals(shard.shardId())) {
        return i;
      }
    }
    throw new AssertionError("nothing read of " + shard.shardId());
  }

  private static int last(List<LogRecord> read, String shard) {
    int last = -1;
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i).position().shard().equals(shard)) {
        last = i;
      }
    }
    return last;
  }

  @Test
  void relativesBelongToOneReader() throws Exception {
    String uri = kinesis.newStream(2, true);
    List<LogRecord> written = new ArrayList<>(append(uri, 0, 10, 2));
    kinesis.reshard(uri, 4);
    written.addAll(append(uri, 100, 20, 4));
    KinesisLiveSource source = source(uri, log(uri).resolve("earliest", "latest"));
    List<KinesisLiveSource> splits = source.split(4, OPTIONS);
    assertThat(splits, hasSize(2));

    List<LogRecord> read = new ArrayList<>();
    for (KinesisLiveSource split : splits) {
      assertThat(split.ranges(), hasSize(3));
      readOn(split, null, read, Integer.MAX_VALUE);
    }
    assertThat(read, containsInAnyOrder(written.toArray()));
  }

  @Test
  void aSliceIsPinnedPerShardAndKeepsItsShards() throws Exception {
    String uri = kinesis.newStream(2, true);
    List<LogRecord> written = new ArrayList<>(append(uri, 0, 10, 2));
    kinesis.reshard(uri, 4);
    // Only the first of the new shards gets records.
    written.addAll(append(uri, 100, 5, 1));
    Slice slice = log(uri).resolve("earliest", "latest");
    append(uri, 200, 20, 4);
    kinesis.reshard(uri, 2);
    append(uri, 300, 20, 2);

    assertThat(slice.ranges(), hasSize(6));
    assertThat(slice.size(), is(Slice.UNKNOWN_SIZE));
    List<KinesisSliceSource> splits = log(uri).sliceSource(slice).split(1, OPTIONS);
    assertThat(splits, hasSize(3));
    List<LogRecord> read = new ArrayList<>();
    for (KinesisSliceSource split : splits) {
      List<LogRecord> part = readAll(split);
      assertThat(
          new TreeSet<>(part.stream().map(record -> record.position().shard()).toList()),
          hasSize(1));
      read.addAll(part);
    }
    assertThat(read, containsInAnyOrder(written.toArray()));
    List<LogRecord> live = new ArrayList<>();
    readOn(source(uri, slice), null, live, Integer.MAX_VALUE);
    assertThat(live, containsInAnyOrder(written.toArray()));
  }

  @Test
  void fromLatestAClosedShardIsOverAndItsChildrenAreRead() throws Exception {
    String uri = kinesis.newStream(1, true);
    append(uri, 0, 5, 1);
    kinesis.reshard(uri, 2);
    append(uri, 50, 4, 2);
    Slice slice = log(uri).resolve("latest", "never");
    List<LogRecord> written = append(uri, 100, 6, 2);

    List<LogRecord> read = new ArrayList<>();
    readOn(source(uri, slice), null, read, written.size());
    assertThat(read, containsInAnyOrder(written.toArray()));
  }

  @Test
  void anInstantIsATimeOfArrivalWhereThereIsNoOther() throws Exception {
    String uri = kinesis.newStream(2, false);
    append(uri, 0, 10, 2);
    KinesisMock.sleep(1_100);
    String instant = Instant.now().toString();
    KinesisMock.sleep(1_100);
    List<LogRecord> written = append(uri, 100, 10, 2);

    Slice slice = log(uri).resolve(instant, "latest");
    assertThat(
        positions(readAll(log(uri).sliceSource(slice))),
        containsInAnyOrder(positions(written).toArray()));
    List<LogRecord> live = new ArrayList<>();
    readOn(source(uri, log(uri).resolve(instant, "never")), null, live, 10);
    assertThat(positions(live), containsInAnyOrder(positions(written).toArray()));
    Slice before = log(uri).resolve("earliest", instant);
    assertThat(readAll(log(uri).sliceSource(before)), hasSize(10));
  }

  @Test
  void aReadBeginsAtOrAfterASequenceNumber() throws Exception {
    String uri = kinesis.newStream(1, true);
    List<LogRecord> written = append(uri, 0, 10, 1);
    LogPosition fourth = written.get(3).position();
    for (boolean after : new boolean[] {false, true}) {
      String from = (after ? ">" : "") + fourth.sequence();
      Slice slice = Slice.of(List.of(Slice.Range.ofText(fourth.shard(), from, null)));
      List<LogRecord> read = new ArrayList<>();
      readOn(source(uri, slice), null, read, after ? 6 : 7);
      assertThat(read, is(written.subList(after ? 4 : 3, 10)));
    }
    Slice between =
        Slice.of(
            List.of(
                Slice.Range.ofText(
                    fourth.shard(),
                    fourth.sequence().toString(),
                    written.get(6).position().sequence().toString())));
    assertThat(readAll(log(uri).sliceSource(between)), is(written.subList(3, 6)));
  }

  @Test
  void lostRecordsAreAFailureAndNoGap() {
    String uri = kinesis.newStream(1, true);
    List<LogRecord> written = append(uri, 0, 3, 1);
    String shard = written.get(0).position().shard();
    BigInteger last = written.get(2).position().sequence();
    String beginning = kinesis.shards(uri).get(0).sequenceNumberRange().startingSequenceNumber();

    // A number that Kinesis knows, at which there is no record any more.
    Slice expired = Slice.of(List.of(Slice.Range.ofText(shard, beginning, ">" + last)));
    KappaException gone =
        assertThrows(KappaException.class, () -> readAll(log(uri).sliceSource(expired)));
    assertThat(gone.getMessage(), containsString("has lost records from " + beginning));
    assertThrows(
        KappaException.class,
        () -> readOn(source(uri, expired), null, new ArrayList<>(), Integer.MAX_VALUE));

    Slice emptied =
        Slice.of(List.of(Slice.Range.ofText(shard, "0", ">" + last.add(BigInteger.TEN))));
    KappaException ended =
        assertThrows(KappaException.class, () -> readAll(log(uri).sliceSource(emptied)));
    assertThat(ended.getMessage(), containsString("it ends before"));
  }

  @Test
  void aRestartAfterMoreThanTheRetentionIsAFailure() throws Exception {
    String uri = kinesis.newStream(1, true);
    append(uri, 0, 3, 1);
    KinesisLiveSource source = source(uri, log(uri).resolve("earliest", "never"));
    KinesisMark mark = readOn(source, null, new ArrayList<>(), 3);
    KinesisMark.Position now = mark.positions().get(0);
    long overAYear = TimeUnit.HOURS.toMillis(KinesisStreams.MAX_RETENTION_HOURS + 1);
    KinesisMark old =
        KinesisMark.of(
            List.of(
                KinesisMark.Position.of(
                    now.shard(), now.next(), false, now.logTime(), now.seen() - overAYear)));

    try (KinesisLiveReader reader = source.createReader(OPTIONS, mark)) {
      reader.start();
    }
    try (KinesisLiveReader reader = source.createReader(OPTIONS, old)) {
      KappaException failure = assertThrows(KappaException.class, reader::start);
      assertThat(failure.getMessage(), containsString("records may be lost"));
      assertThat(failure.getMessage().lines().count(), is(1L));
    }
  }

  @Test
  void aCheckpointBeforeTheStartIsTheOneGiven() throws Exception {
    String uri = kinesis.newStream(1, true);
    append(uri, 0, 3, 1);
    KinesisLiveSource source = source(uri, log(uri).resolve("earliest", "never"));
    KinesisMark mark = readOn(source, null, new ArrayList<>(), 3);
    try (KinesisLiveReader reader = source.createReader(OPTIONS, mark)) {
      assertThat(reader.getCheckpointMark(), is(mark));
      assertThat(reader.getWatermark(), is(BoundedWindow.TIMESTAMP_MIN_VALUE));
    }
  }

  @Test
  void recordsOfAnUnwrappedProducerAreReadAmongWrappedOnes() throws Exception {
    String uri = kinesis.newStream(1, true);
    List<LogRecord> wrapped = append(uri, 0, 1, 1);
    List<LogRecord> plain = append(uri.replace("envelope=kappa&", ""), 1, 1, 1);
    Slice slice = log(uri).resolve("earliest", "latest");
    List<LogRecord> read = readAll(log(uri).sliceSource(slice));
    assertThat(read.get(0), is(wrapped.get(0)));
    assertThat(new String(read.get(1).value(), UTF_8), is("value1"));
    assertThat(new String(read.get(1).key(), UTF_8), is("k1"));
    assertThat(read.get(1).position(), is(plain.get(0).position()));
    // It was written now, not in the year of the others.
    assertThat(read.get(1).logTime(), greaterThan(EPOCH + 1_000_000));
  }

  @Test
  void aWriterTakesKeysOfAnyKindAndRefusesWhatIsTooLarge() throws Exception {
    String uri = kinesis.newStream(2, true);
    byte[][] keys = {null, {}, {0, -1}, "k".repeat(300).getBytes(UTF_8), "ü".getBytes(UTF_8)};
    byte[] large = new byte[KinesisLogWriter.MAX_RECORD_BYTES];
    try (LogWriter writer = Logs.writer(uri, kinesis.properties())) {
      for (int i = 0; i < keys.length; i++) {
        writer.write(keys[i], new byte[] {(byte) i}, EPOCH + i);
      }
      KappaException failure =
          assertThrows(KappaException.class, () -> writer.write(null, large, EPOCH));
      assertThat(failure.getMessage(), containsString("too large for Kinesis"));
      writer.flush();
    }
    List<LogRecord> read = readAll(log(uri).sliceSource(log(uri).resolve("earliest", "latest")));
    assertThat(read, hasSize(keys.length));
    for (LogRecord record : read) {
      int i = record.value()[0];
      assertThat(record.key(), is(keys[i]));
      assertThat(record.logTime(), is(EPOCH + i));
    }
  }

  private static KinesisLog log(String uri) {
    return KinesisLog.of(uri, kinesis.properties());
  }

  private static KinesisLiveSource source(String uri, Slice slice) {
    return log(uri).liveSource(slice, 0);
  }

  /** {@code n} records, the open shards in turn. */
  private static List<LogRecord> append(String uri, int first, int n, int shards) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = first; i < first + n; i++) {
      records.add(
          LogRecord.of(
              LogPosition.of(Integer.toString(i % shards), 0),
              EPOCH + i * 1_000L,
              ("k" + i).getBytes(UTF_8),
              ("value" + i).getBytes(UTF_8),
              List.of()));
    }
    return kinesis.append(uri, records);
  }

  /** Reads until there are so many records, or the reader has come to its end. */
  private static KinesisMark readOn(
      KinesisLiveSource source, @Nullable KinesisMark mark, List<LogRecord> read, int enough)
      throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    try (KinesisLiveReader reader = source.createReader(OPTIONS, mark)) {
      boolean available = reader.start();
      while (true) {
        if (available) {
          add(reader.getCurrent(), read);
        } else if (!reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
          break;
        }
        if (read.size() >= enough) {
          break;
        }
        assertThat("read " + read.size(), System.nanoTime(), lessThan(deadline));
        available = reader.advance();
      }
      return CoderUtils.clone(source.getCheckpointMarkCoder(), reader.getCheckpointMark());
    }
  }

  private static List<LogRecord> readAll(KinesisSliceSource source) throws IOException {
    List<LogRecord> read = new ArrayList<>();
    try (BoundedReader<LogBatch> reader = source.createReader(OPTIONS)) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        add(reader.getCurrent(), read);
      }
    }
    return read;
  }

  private static void add(LogBatch batch, List<LogRecord> read) {
    for (int i = 0; i < batch.size(); i++) {
      read.add(batch.record(i));
    }
  }

  private static List<LogPosition> positions(List<LogRecord> records) {
    return records.stream().map(LogRecord::position).toList();
  }
}
