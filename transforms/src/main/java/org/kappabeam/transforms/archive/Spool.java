package org.kappabeam.transforms.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;

/**
 * Puts the records of one file into the order of their offsets, in a temporary file: batches arrive
 * in any order, and there may be more of them than fit into memory. A position that comes twice
 * counts once.
 */
final class Spool implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  private record Entry(long offset, long position, int length) {}

  /** Takes an encoded record. */
  interface Sink {
    void accept(ByteBuffer encoded) throws IOException;
  }

  private final Path path;
  private final RandomAccessFile file;
  private final List<Entry> entries = new ArrayList<>();
  private final ByteWriter buffer = new ByteWriter(BUFFER_BYTES);
  private String partition = "";
  private long flushed;
  private long firstLogTime = Long.MAX_VALUE;
  private long lastLogTime = Long.MIN_VALUE;
  private boolean sorted;

  Spool() {
    try {
      path = Files.createTempFile("kappa-archive-", ".spool");
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      throw full(e);
    }
  }

  private static KappaException full(IOException cause) {
    return new KappaException(
        "cannot write to the temporary directory " + System.getProperty("java.io.tmpdir"),
        "make room or name another with -Djava.io.tmpdir",
        cause);
  }

  void add(LogBatch batch) {
    partition = batch.partition();
    for (int i = 0; i < batch.size(); i++) {
      int start = buffer.size();
      ArchivedRecords.write(batch, i, buffer);
      entries.add(new Entry(batch.offset(i), flushed + start, buffer.size() - start));
      firstLogTime = Math.min(firstLogTime, batch.logTime(i));
      lastLogTime = Math.max(lastLogTime, batch.logTime(i));
      if (buffer.size() >= BUFFER_BYTES) {
        flush();
      }
    }
  }

  private void flush() {
    try {
      file.write(buffer.buffer(), 0, buffer.size());
    } catch (IOException e) {
      throw full(e);
    }
    flushed += buffer.size();
    buffer.reset();
  }

  private void sort() {
    if (!sorted) {
      flush();
      entries.sort(Comparator.comparingLong(Entry::offset));
      int kept = 0;
      for (int i = 0; i < entries.size(); i++) {
        if (i == 0 || entries.get(i).offset() != entries.get(i - 1).offset()) {
          entries.set(kept++, entries.get(i));
        }
      }
      entries.subList(kept, entries.size()).clear();
      sorted = true;
    }
  }

  /** Hands out all records; nothing can be added afterwards. */
  void forEachInOrder(Sink sink) throws IOException {
    sort();
    byte[] window = new byte[BUFFER_BYTES];
    long start = 0;
    int length = 0;
    for (Entry entry : entries) {
      boolean within =
          entry.position() >= start && entry.position() + entry.length() <= start + length;
      if (!within) {
        if (entry.length() > window.length) {
          window = new byte[entry.length()];
        }
        start = entry.position();
        length = (int) Math.min(window.length, flushed - start);
        file.seek(start);
        file.readFully(window, 0, length);
      }
      sink.accept(ByteBuffer.wrap(window, (int) (entry.position() - start), entry.length()));
    }
  }

  /** What is known about the file from its records. */
  ArchivedFile.Builder describe() {
    sort();
    return ArchivedFile.builder()
        .partition(partition)
        .firstOffset(entries.get(0).offset())
        .lastOffset(entries.get(entries.size() - 1).offset())
        .records(entries.size())
        .firstLogTime(firstLogTime)
        .lastLogTime(lastLogTime);
  }

  @Override
  public void close() {
    try {
      file.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw full(e);
    }
  }
}
