package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

/** An archive as a log, as of the commits it has when it is asked. */
public final class ArchiveLog implements Log {
  private final ArchiveStore store;

  private ArchiveLog(ArchiveStore store) {
    this.store = store;
  }

  /**
   * The archive that the URI names; does not look for it yet.
   *
   * @param uri {@code archive:///path} or {@code archive+gs://bucket/prefix} and the like
   * @throws KappaException if the URI has another form
   */
  public static ArchiveLog of(String uri) {
    return new ArchiveLog(new ArchiveStore(ArchiveUri.parse(uri)));
  }

  @Override
  public String uri() {
    return store.uri();
  }

  /**
   * {@inheritDoc}
   *
   * <p>An archive has an end: {@code never} is refused.
   */
  @Override
  public Slice resolve(String from, String until) {
    LogBound start = LogBound.from(from);
    LogBound end = LogBound.until(until, start);
    if (end.text().equals(LogBound.NEVER)) {
      throw noOpenEnd();
    }
    Catalog catalog = Catalog.loadExisting(store);
    List<Slice.Range> ranges = new ArrayList<>();
    for (Slice.Range all : catalog.ranges().values()) {
      long first = resolve(catalog, all, start);
      long last = resolve(catalog, all, end);
      ranges.add(Slice.Range.of(all.partition(), first, Math.max(first, last)));
    }
    return Slice.of(ranges);
  }

  private KappaException noOpenEnd() {
    return new KappaException(
        "the archive " + uri() + " does not grow, so it cannot be read without an end",
        "set --until=latest, or go on with the live log: --log=tiered:" + uri() + ",<live log>");
  }

  private long resolve(Catalog catalog, Slice.Range all, LogBound bound) {
    Long instant = bound.instant();
    if (instant == null) {
      return bound.text().equals(LogBound.EARLIEST) ? all.from() : all.until();
    }
    long found = all.until();
    for (ArchivedFile file : catalog.files(all.partition())) {
      if (file.firstOffset() >= found) {
        break;
      }
      if (file.firstLogTime() >= instant) {
        found = file.firstOffset();
      } else if (file.lastLogTime() >= instant) {
        found = Math.min(found, firstAtOrAfter(file, instant));
      }
    }
    return found;
  }

  private long firstAtOrAfter(ArchivedFile file, long instant) {
    ArchivePiece piece = ArchivePiece.of(file, file.firstOffset(), file.lastOffset() + 1);
    try (ArchiveFileReader reader = ArchiveFileReader.open(store, piece)) {
      for (LogBatch batch = reader.next(); batch != null; batch = reader.next()) {
        for (int i = 0; i < batch.size(); i++) {
          if (batch.logTime(i) >= instant) {
            return batch.offset(i);
          }
        }
      }
    }
    return Long.MAX_VALUE;
  }

  /**
   * {@inheritDoc}
   *
   * @throws KappaException if the slice has no end, or the archive does not have all of it
   */
  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    if (allowedLatenessMillis < 0) {
      throw new IllegalArgumentException("allowed lateness " + allowedLatenessMillis);
    }
    if (!slice.isPinned()) {
      throw noOpenEnd();
    }
    return Read.from(liveSource(slice, allowedLatenessMillis));
  }

  ArchiveLiveSource liveSource(Slice slice, long allowedLatenessMillis) {
    return new ArchiveLiveSource(store, slice, Catalog.loadExisting(store), allowedLatenessMillis);
  }

  /**
   * {@inheritDoc}
   *
   * @throws KappaException if the archive does not have all of the slice
   */
  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    return Read.from(sliceSource(slice, desiredRanges));
  }

  ArchiveSliceSource sliceSource(Slice slice, int desiredRanges) {
    if (!slice.isPinned()) {
      throw new IllegalArgumentException("a bounded read needs a pinned slice");
    }
    return new ArchiveSliceSource(store, Catalog.loadExisting(store).pieces(slice), desiredRanges);
  }

  @Override
  public String toString() {
    return uri();
  }
}
