package org.kappabeam.pipelines.example;

import com.google.auto.value.AutoValue;

/** A car passes the gate of a garage. */
@AutoValue
public abstract class Passage {
  public abstract String id();

  /** When it passed, milliseconds since the epoch. */
  public abstract long eventTime();

  public abstract String garageId();

  /** 1 for a car that comes in, -1 for one that leaves. */
  public abstract long change();

  public static Passage of(String id, long eventTime, String garageId, long change) {
    return new AutoValue_Passage(id, eventTime, garageId, change);
  }
}
