package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;

/**
 * Reads pieces of an archive as a live log is read, and ends. The file with the earliest log time
 * goes first, so that partitions stay aligned and the watermark is exact: nothing that is still to
 * be read is earlier than the file at hand. Partition number p belongs to split p mod n, as in a
 * live read of the log itself.
 */
final class ArchiveLiveSource extends UnboundedSource<LogBatch, ArchiveMark> {
  private final ArchiveStore store;
  private final List<String> partitions;
  private final List<ArchivePiece> pieces;
  private final long allowedLatenessMillis;

  ArchiveLiveSource(ArchiveStore store, Slice slice, Catalog catalog, long allowedLatenessMillis) {
    this(
        store,
        slice.ranges().stream().map(Slice.Range::partition).toList(),
        catalog.pieces(slice),
        allowedLatenessMillis);
  }

  /**
   * The highest log time of a partition, in milliseconds since the epoch; empty if nothing of it is
   * read.
   */
  OptionalLong lastLogTime(String partition) {
    return pieces.stream()
        .filter(piece -> piece.file().partition().equals(partition))
        .mapToLong(piece -> piece.file().lastLogTime())
        .max();
  }

  private ArchiveLiveSource(
      ArchiveStore store,
      List<String> partitions,
      List<ArchivePiece> pieces,
      long allowedLatenessMillis) {
    this.store = store;
    this.partitions = partitions;
    this.pieces = List.copyOf(pieces);
    this.allowedLatenessMillis = allowedLatenessMillis;
  }

  @Override
  public List<ArchiveLiveSource> split(int desiredNumSplits, PipelineOptions options) {
    return split(Math.max(1, Math.min(desiredNumSplits, partitions.size())));
  }

  /** Splits into exactly {@code n}; some may have nothing to read. */
  List<ArchiveLiveSource> split(int n) {
    List<ArchiveLiveSource> splits = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      int split = i;
      splits.add(
          new ArchiveLiveSource(
              store,
              partitions,
              pieces.stream()
                  .filter(piece -> partitions.indexOf(piece.file().partition()) % n == split)
                  .toList(),
              allowedLatenessMillis));
    }
    return splits;
  }

  @Override
  public UnboundedReader<LogBatch> createReader(
      PipelineOptions options, @Nullable ArchiveMark mark) {
    return new Reader(this, mark == null ? ArchiveMark.of(0, 0) : mark);
  }

  @Override
  public Coder<ArchiveMark> getCheckpointMarkCoder() {
    return new ArchiveMark.MarkCoder();
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }

  private static final class Reader extends UnboundedReader<LogBatch> {
    private final ArchiveLiveSource source;
    private @Nullable ArchiveFileReader file;
    private @Nullable LogBatch current;

    /** The piece at hand; as many as there are when all are read. */
    private int piece;

    private long next;

    /** Asked for by other threads. */
    private volatile long backlog = BACKLOG_UNKNOWN;

    Reader(ArchiveLiveSource source, ArchiveMark mark) {
      this.source = source;
      this.piece = mark.piece();
      this.next = mark.next();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = null;
      while (piece < source.pieces.size()) {
        if (file == null) {
          ArchivePiece whole = source.pieces.get(piece);
          file =
              ArchiveFileReader.open(
                  source.store,
                  ArchivePiece.of(whole.file(), Math.max(whole.from(), next), whole.until()));
          measureBacklog();
        }
        current = file.next();
        if (current != null) {
          next = current.offset(current.size() - 1) + 1;
          return true;
        }
        close();
        piece++;
        next = 0;
      }
      backlog = 0;
      return false;
    }

    private void measureBacklog() {
      long bytes = 0;
      for (int i = piece; i < source.pieces.size(); i++) {
        bytes += source.pieces.get(i).bytes();
      }
      backlog = bytes;
    }

    @Override
    public LogBatch getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return ArchiveTimes.timestamp(getCurrent(), source.allowedLatenessMillis);
    }

    @Override
    public Instant getWatermark() {
      return piece == source.pieces.size()
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : ArchiveTimes.minus(
              source.pieces.get(piece).file().firstLogTime(), source.allowedLatenessMillis);
    }

    @Override
    public ArchiveMark getCheckpointMark() {
      return ArchiveMark.of(piece, next);
    }

    @Override
    public long getSplitBacklogBytes() {
      return backlog;
    }

    @Override
    public ArchiveLiveSource getCurrentSource() {
      return source;
    }

    @Override
    public void close() {
      if (file != null) {
        file.close();
        file = null;
      }
    }
  }
}
