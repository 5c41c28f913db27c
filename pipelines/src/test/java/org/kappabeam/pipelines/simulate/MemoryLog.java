package org.kappabeam.pipelines.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.log.LogWriter;

/** Keeps what is written, and how much of it was flushed. */
final class MemoryLog implements LogWriter {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(String key, byte[] value, long logTime) {}

  final List<Entry> entries = new ArrayList<>();
  int flushed;
  int mostUnflushed;
  boolean closed;

  @Override
  public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    if (key == null || value == null) {
      throw new IllegalArgumentException("the feed writes whole records");
    }
    entries.add(new Entry(new String(key, UTF_8), value, logTime));
    mostUnflushed = Math.max(mostUnflushed, entries.size() - flushed);
  }

  @Override
  public void flush() {
    flushed = entries.size();
  }

  @Override
  public void close() {
    closed = true;
  }
}
