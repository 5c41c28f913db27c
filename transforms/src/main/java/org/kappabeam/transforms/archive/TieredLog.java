package org.kappabeam.transforms.archive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

/**
 * A log whose old records are in an archive: the archive's part from there, the rest from the log
 * itself, without gap or overlap. Positions are those of the log, of which every partition must
 * begin at offset 0.
 */
final class TieredLog implements Log {
  private final ArchiveLog cold;
  private final Log hot;

  TieredLog(ArchiveLog cold, Log hot) {
    this.cold = cold;
    this.hot = hot;
  }

  @Override
  public String uri() {
    return TieredUri.SCHEME + ":" + cold.uri() + "," + hot.uri();
  }

  private Tiers tiers() {
    return Tiers.of(
        cold, Positions.numbered(hot.uri(), hot.resolve(LogBound.EARLIEST, LogBound.LATEST)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws KappaException also if records are missing between archive and log, with the first
   *     missing offset of each partition
   */
  @Override
  public Slice resolve(String from, String until) {
    LogBound start = LogBound.from(from);
    LogBound end = LogBound.until(until, start);
    // The archive knows no open end; that one comes from the log.
    String coldUntil = end.instant() == null ? LogBound.LATEST : until;
    return tiers()
        .resolve(
            start,
            end,
            byPartition(cold.resolve(from, coldUntil)),
            byPartition(hot.resolve(from, until)));
  }

  private static Map<String, Slice.Range> byPartition(Slice slice) {
    Map<String, Slice.Range> ranges = new LinkedHashMap<>();
    slice.ranges().forEach(range -> ranges.put(range.partition(), range));
    return ranges;
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    Tiers.Parts parts = tiers().cut(slice);
    PTransform<PBegin, PCollection<LogBatch>> old = cold.slice(parts.cold(), desiredRanges);
    PTransform<PBegin, PCollection<LogBatch>> rest = hot.slice(parts.hot(), desiredRanges);
    return new PTransform<>() {
      @Override
      public PCollection<LogBatch> expand(PBegin begin) {
        return PCollectionList.of(begin.apply("Read archive", old))
            .and(begin.apply("Read log", rest))
            .apply(Flatten.pCollections());
      }
    };
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    Tiers.Parts parts = tiers().cut(slice);
    ArchiveLiveSource old = cold.liveSource(parts.cold(), allowedLatenessMillis);
    PTransform<PBegin, PCollection<LogBatch>> rest = hot.live(parts.hot(), allowedLatenessMillis);
    if (!(rest instanceof Read.Unbounded<LogBatch> read)) {
      throw new KappaException(
          "the log " + hot.uri() + " cannot be read live after an archive",
          "read a slice, or a log such as kafka://host:9092/topic");
    }
    return Read.from(
        source(old, read.getSource(), ceiling(old, parts.pending()), allowedLatenessMillis));
  }

  private static <M extends UnboundedSource.CheckpointMark> TieredLiveSource<M> source(
      ArchiveLiveSource old,
      UnboundedSource<LogBatch, M> rest,
      long ceiling,
      long allowedLatenessMillis) {
    return new TieredLiveSource<>(
        old, rest, ArchiveTimes.minus(ceiling, allowedLatenessMillis).getMillis());
  }

  /**
   * The log time that holds while the archive is read: that of the partition which is archived
   * least far, of those that go on in the log.
   */
  private static long ceiling(ArchiveLiveSource old, List<String> pending) {
    long ceiling = Long.MAX_VALUE;
    for (String partition : pending) {
      OptionalLong last = old.lastLogTime(partition);
      ceiling = Math.min(ceiling, last.orElse(Long.MIN_VALUE));
    }
    return ceiling;
  }

  @Override
  public String toString() {
    return uri();
  }

  @Override
  public Log asConsumer(String name) {
    return new TieredLog(cold, hot.asConsumer(name));
  }
}
