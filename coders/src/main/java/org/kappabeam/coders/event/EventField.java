package org.kappabeam.coders.event;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A field of an event, as its newest schema declares it. */
@AutoValue
public abstract class EventField implements Serializable {

  /** What a field holds. */
  public enum Kind {
    /** Unicode text. */
    TEXT,
    /** A signed 64-bit integer. */
    LONG,
    /** An IEEE double. */
    DOUBLE,
    BOOLEAN
  }

  /** In camel case: {@code eventTime}. */
  public abstract String name();

  public abstract Kind kind();

  /** The value where a message has none: a String, Long, Double or Boolean; null if it must. */
  public abstract @Nullable Object defaultValue();

  static EventField of(String name, Kind kind, @Nullable Object defaultValue) {
    return new AutoValue_EventField(name, kind, defaultValue);
  }

  /** The name in a {@code .proto} file: {@code event_time}. */
  final String protoName() {
    return name().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
