package org.kappabeam.transforms.log;

import org.checkerframework.checker.nullness.qual.Nullable;

/** Appends records to a log: for imports and simulators, not for views. Not thread-safe. */
public interface LogWriter extends AutoCloseable {

  /**
   * Appends one record; may return before the log has acknowledged it.
   *
   * @param logTime the record's log time in milliseconds since the epoch
   */
  void write(byte @Nullable [] key, byte @Nullable [] value, long logTime);

  /** Returns once everything written is acknowledged; throws if anything was not. */
  void flush();

  @Override
  void close();
}
