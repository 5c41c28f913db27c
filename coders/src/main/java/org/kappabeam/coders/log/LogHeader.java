package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One header of a log record; a record may repeat a name. */
@AutoValue
public abstract class LogHeader {
  public abstract String name();

  @SuppressWarnings("mutable") // bytes are handed on, never changed
  public abstract byte @Nullable [] value();

  public static LogHeader of(String name, byte @Nullable [] value) {
    return new AutoValue_LogHeader(name, value);
  }
}
