package org.kappabeam.transforms.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.NoSuchElementException;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;

/** Reads the records of a piece, a batch at a time, in the order of their offsets. */
final class ArchiveFileReader implements Closeable {
  /** Bounds a batch, as the other logs do. */
  private static final int MAX_RECORDS = 5_000;

  private final ArchiveStore store;
  private final ArchivePiece piece;
  private final DataFileStream<Object> avro;
  private ByteReader block = new ByteReader(new byte[0]);
  private long left;
  private boolean finished;

  private ArchiveFileReader(ArchiveStore store, ArchivePiece piece, DataFileStream<Object> avro) {
    this.store = store;
    this.piece = piece;
    this.avro = avro;
  }

  /**
   * Opens the file.
   *
   * @throws KappaException if it is missing or no archived file
   */
  static ArchiveFileReader open(ArchiveStore store, ArchivePiece piece) {
    InputStream in = store.open(piece.file().path());
    try {
      return open(store, piece, in);
    } catch (KappaException e) {
      try {
        in.close();
      } catch (IOException unclosed) {
        e.addSuppressed(unclosed);
      }
      throw e;
    }
  }

  /** Reads from the stream in place of the file. */
  static ArchiveFileReader open(ArchiveStore store, ArchivePiece piece, InputStream in) {
    DataFileStream<Object> avro;
    try {
      avro = new DataFileStream<>(in, new GenericDatumReader<>());
    } catch (IOException | RuntimeException e) {
      throw damaged(store, piece, e.getMessage(), e);
    }
    if (!avro.getSchema().equals(ArchivedRecords.SCHEMA)) {
      throw damaged(store, piece, "its schema is another", null);
    }
    return new ArchiveFileReader(store, piece, avro);
  }

  /** The next records, or {@code null} if there are no more. */
  @Nullable LogBatch next() {
    BatchColumns columns = new BatchColumns(piece.file().partition());
    try {
      while (!finished && columns.size() == 0) {
        if (left == 0 && !nextBlock()) {
          finished = true;
          break;
        }
        while (left > 0 && columns.size() < MAX_RECORDS) {
          left--;
          ArchivedRecords.read(block, columns);
          if (columns.lastOffset() < piece.from()) {
            columns.removeLast();
          } else if (columns.lastOffset() >= piece.until()) {
            columns.removeLast();
            finished = true;
            break;
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      // Whatever damaged bytes make of Avro and the decompression.
      throw damaged(store, piece, e.getMessage(), e);
    }
    return columns.size() == 0 ? null : columns.batch();
  }

  private boolean nextBlock() throws IOException {
    ByteBuffer bytes;
    try {
      bytes = avro.nextBlock();
    } catch (NoSuchElementException e) {
      return false;
    }
    block =
        new ByteReader(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    left = avro.getBlockCount();
    return true;
  }

  private static KappaException damaged(
      ArchiveStore store, ArchivePiece piece, @Nullable String how, @Nullable Exception cause) {
    return new KappaException(
        "%s in the archive %s is damaged (%s)".formatted(piece.file().path(), store.uri(), how),
        "restore it from a copy; 'archive --verify' lists all that is damaged",
        cause);
  }

  @Override
  public void close() {
    try {
      avro.close();
    } catch (IOException e) {
      throw store.failed("close", piece.file().path(), e);
    }
  }
}
