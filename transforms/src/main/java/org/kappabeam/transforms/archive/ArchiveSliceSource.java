package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;

/** Reads pieces of an archive and ends. */
final class ArchiveSliceSource extends BoundedSource<LogBatch> {
  private final ArchiveStore store;
  private final List<ArchivePiece> pieces;
  private final int desiredRanges;

  /**
   * @param desiredRanges into how many ranges to split at least, if there are so many offsets; 0
   *     for what the runner likes
   */
  ArchiveSliceSource(ArchiveStore store, List<ArchivePiece> pieces, int desiredRanges) {
    this.store = store;
    this.pieces = List.copyOf(pieces);
    this.desiredRanges = desiredRanges;
  }

  List<ArchivePiece> pieces() {
    return pieces;
  }

  @Override
  public List<ArchiveSliceSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
    long size = pieces.stream().mapToLong(ArchivePiece::length).sum();
    long chunk = desiredRanges > 0 ? Math.max(1, size / desiredRanges) : Long.MAX_VALUE;
    List<ArchiveSliceSource> splits = new ArrayList<>();
    List<ArchivePiece> together = new ArrayList<>();
    long bytes = 0;
    long offsets = 0;
    for (ArchivePiece whole : pieces) {
      for (ArchivePiece piece : cut(whole, chunk)) {
        if (!together.isEmpty()
            && (bytes + piece.bytes() > desiredBundleSizeBytes
                || offsets + piece.length() > chunk)) {
          splits.add(new ArchiveSliceSource(store, together, 0));
          together.clear();
          bytes = 0;
          offsets = 0;
        }
        together.add(piece);
        bytes += piece.bytes();
        offsets += piece.length();
      }
    }
    if (!together.isEmpty()) {
      splits.add(new ArchiveSliceSource(store, together, 0));
    }
    return splits;
  }

  /** Into parts of at most {@code chunk} offsets; each of them skips what is before it. */
  private static List<ArchivePiece> cut(ArchivePiece piece, long chunk) {
    List<ArchivePiece> parts = new ArrayList<>();
    long from = piece.from();
    while (from < piece.until()) {
      long until = piece.until() - from <= chunk ? piece.until() : from + chunk;
      parts.add(ArchivePiece.of(piece.file(), from, until));
      from = until;
    }
    return parts;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return pieces.stream().mapToLong(ArchivePiece::bytes).sum();
  }

  @Override
  public BoundedReader<LogBatch> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }

  /** Reads one piece after the other. */
  private static final class Reader extends BoundedReader<LogBatch> {
    private final ArchiveSliceSource source;
    private @Nullable ArchiveFileReader file;
    private int next;
    private @Nullable LogBatch current;

    /** Asked for by other threads. */
    private volatile int begun;

    Reader(ArchiveSliceSource source) {
      this.source = source;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      while (true) {
        current = file == null ? null : file.next();
        if (current != null) {
          return true;
        }
        close();
        if (next == source.pieces.size()) {
          return false;
        }
        file = ArchiveFileReader.open(source.store, source.pieces.get(next++));
        begun = next;
      }
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
      return ArchiveTimes.timestamp(getCurrent(), 0);
    }

    @Override
    public Double getFractionConsumed() {
      int all = source.pieces.size();
      return all == 0 ? 1.0 : (double) Math.max(0, begun - 1) / all;
    }

    @Override
    public ArchiveSliceSource getCurrentSource() {
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
