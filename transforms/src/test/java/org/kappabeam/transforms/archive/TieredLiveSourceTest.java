package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;

/**
 * The watermark across both tiers, where it is easiest to get wrong: partition 1 is archived much
 * less far than partition 0, partition 2 not at all.
 */
class TieredLiveSourceTest {
  private static final long LATENESS = 5_000;
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  @TempDir private Path dir;
  private final List<LogRecord> all = new ArrayList<>();
  private ArchiveLiveSource cold;
  private ListedSource hot;

  @BeforeEach
  void fill() {
    List<LogRecord> first = new ArrayList<>(Archives.records("0", 0, 40, 1));
    first.addAll(Archives.records("1", 0, 10, 1));
    List<LogRecord> second = Archives.placed(40, Archives.records("0", 40, 100, 1));
    commit(1, slice(0, 40, 0, 10), placed(first));
    commit(2, slice(40, 100, 10, 10), second);
    cold =
        ArchiveLog.of(Archives.uri(dir))
            .liveSource(
                Slice.of(
                    List.of(
                        Slice.Range.of("0", 0, 100),
                        Slice.Range.of("1", 0, 10),
                        Slice.Range.of("2", 0, 0))),
                LATENESS);
    List<LogRecord> live = new ArrayList<>();
    live.addAll(Archives.placed(100, Archives.records("0", 100, 110, 1)));
    live.addAll(Archives.placed(10, Archives.records("1", 10, 110, 1)));
    live.sort(Comparator.comparingLong(LogRecord::logTime));
    all.addAll(live);
    hot = new ListedSource(live, LATENESS);
  }

  private static List<LogRecord> placed(List<LogRecord> records) {
    List<LogRecord> placed = new ArrayList<>();
    for (String partition : List.of("0", "1")) {
      placed.addAll(
          Archives.placed(
              0,
              records.stream().filter(r -> r.position().partition().equals(partition)).toList()));
    }
    return placed;
  }

  private static Slice slice(long from0, long until0, long from1, long until1) {
    return Slice.of(
        List.of(Slice.Range.of("0", from0, until0), Slice.Range.of("1", from1, until1)));
  }

  private void commit(int number, Slice slice, List<LogRecord> records) {
    all.addAll(records);
    Archives.commit(dir, number, slice, records);
  }

  /** As {@link TieredLog} makes it: partition 1 goes on in the log and is archived least far. */
  private TieredLiveSource<ArchiveMark> source() {
    long ceiling = cold.lastLogTime("1").getAsLong();
    return new TieredLiveSource<>(cold, hot, ceiling - LATENESS);
  }

  @Test
  void theWatermarkStaysBehindWhatIsStillToComeInEitherTier() throws Exception {
    Set<LogRecord> unread = new HashSet<>(all);
    long last = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    boolean movedInArchive = false;
    try (UnboundedReader<LogBatch> reader = source().createReader(OPTIONS, null)) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        records(reader.getCurrent()).forEach(unread::remove);
        long watermark = reader.getWatermark().getMillis();
        assertThat(watermark, is(greaterThanOrEqualTo(last)));
        last = watermark;
        long earliest = unread.stream().mapToLong(LogRecord::logTime).min().orElse(Long.MAX_VALUE);
        assertThat(watermark, is(lessThanOrEqualTo(earliest - LATENESS)));
        movedInArchive |= unread.size() > 110 && watermark >= Archives.EPOCH - LATENESS;
      }
      assertThat(reader.getWatermark(), is(BoundedWindow.TIMESTAMP_MAX_VALUE));
    }
    assertThat(unread.size(), is(0));
    assertThat(movedInArchive, is(true));
  }

  @Test
  void aRestartFromAnyMarkLosesNothingRepeatsNothingAndDoesNotTurnTimeBack() throws Exception {
    TieredLiveSource<ArchiveMark> source = source();
    List<LogRecord> read = new ArrayList<>();
    TieredMark<ArchiveMark> mark = null;
    long last = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    int restarts = 0;
    while (true) {
      try (UnboundedReader<LogBatch> reader = source.createReader(OPTIONS, mark)) {
        if (!reader.start()) {
          break;
        }
        read.addAll(records(reader.getCurrent()));
        long watermark = reader.getWatermark().getMillis();
        assertThat(watermark, is(greaterThanOrEqualTo(last)));
        last = watermark;
        @SuppressWarnings("unchecked") // what its own source says it is
        TieredMark<ArchiveMark> taken = (TieredMark<ArchiveMark>) reader.getCheckpointMark();
        mark = CoderUtils.clone(source.getCheckpointMarkCoder(), taken);
        restarts++;
      }
    }
    assertThat(read, containsInAnyOrder(all.toArray()));
    assertThat(restarts, is(greaterThan(100)));
  }

  @Test
  void splitsShareBothTiersByPartition() throws Exception {
    List<LogRecord> read = new ArrayList<>();
    List<TieredLiveSource<ArchiveMark>> splits = source().split(4, OPTIONS);
    for (TieredLiveSource<ArchiveMark> split : splits) {
      Set<String> partitions = new HashSet<>();
      try (UnboundedReader<LogBatch> reader = split.createReader(OPTIONS, null)) {
        for (boolean more = reader.start(); more; more = reader.advance()) {
          read.addAll(records(reader.getCurrent()));
          partitions.add(reader.getCurrent().partition());
        }
      }
      assertThat(partitions.size(), is(lessThanOrEqualTo(1)));
    }
    assertThat(splits.size(), is(4));
    assertThat(read, containsInAnyOrder(all.toArray()));
  }

  private static List<LogRecord> records(LogBatch batch) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      records.add(batch.record(i));
    }
    return records;
  }
}
