package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One record as the log holds it: bytes, key, headers, and the log's own timestamp (log time,
 * milliseconds since the epoch).
 */
@AutoValue
public abstract class LogRecord {
  public abstract LogPosition position();

  public abstract long logTime();

  @SuppressWarnings("mutable") // bytes are handed on, never changed
  public abstract byte @Nullable [] key();

  @SuppressWarnings("mutable") // bytes are handed on, never changed
  public abstract byte @Nullable [] value();

  public abstract List<LogHeader> headers();

  public static LogRecord of(
      LogPosition position,
      long logTime,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<LogHeader> headers) {
    return new AutoValue_LogRecord(position, logTime, key, value, headers);
  }
}
