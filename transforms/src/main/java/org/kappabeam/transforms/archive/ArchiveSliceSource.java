package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.transforms.log.SliceReader;

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
  private static final class Reader extends SliceReader {
    private final ArchiveSliceSource source;
    private @Nullable ArchiveFileReader file;
    private int index;

    Reader(ArchiveSliceSource source) {
      super(source);
      this.source = source;
    }

    @Override
    protected void open() {
      // Files are opened one after the other.
    }

    @Override
    protected @Nullable LogBatch next() {
      while (true) {
        LogBatch batch = file == null ? null : file.next();
        if (batch != null) {
          return batch;
        }
        close();
        if (index == source.pieces.size()) {
          return null;
        }
        progress((double) index / source.pieces.size());
        file = ArchiveFileReader.open(source.store, source.pieces.get(index++));
      }
    }

    /** Log times of an archive's file are not in order. */
    @Override
    protected Instant timestamp(LogBatch batch) {
      return ArchiveTimes.timestamp(batch, 0);
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
