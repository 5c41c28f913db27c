package org.kappabeam.transforms.fold;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.time.Duration;

/**
 * One kind of event in a fold, and how far its influence reaches: an event at time {@code t} can
 * change the rows of its key at times {@code [t + reachFrom, t + reachUntil)}, and no others.
 */
@AutoValue
public abstract class Series implements Serializable {

  public abstract String name();

  /** Milliseconds after the event at which its influence begins. */
  public abstract long reachFrom();

  /** Milliseconds after the event at which its influence has ended. */
  public abstract long reachUntil();

  /** Whether each event makes a row of its own. */
  public abstract boolean makesRows();

  /**
   * Whether the events are rows of an earlier fold: the same event may then come again with more
   * evidence and replaces itself. Raw events come from a log: the same id is a duplicate or a
   * conflict.
   */
  public abstract boolean derived();

  /** Raw events that only influence the rows of other series. */
  public static Series raw(String name, Duration from, Duration until) {
    return create(name, from, until, false, false);
  }

  /** Raw events with a row each. */
  public static Series rawRows(String name, Duration from, Duration until) {
    return create(name, from, until, true, false);
  }

  /** Rows of an earlier fold, with a row each. */
  public static Series derivedRows(String name, Duration from, Duration until) {
    return create(name, from, until, true, true);
  }

  private static Series create(
      String name, Duration from, Duration until, boolean makesRows, boolean derived) {
    if (from.isNegative() || until.compareTo(from) <= 0) {
      throw new IllegalArgumentException(name + ": influence must begin at or after the event");
    }
    return new AutoValue_Series(name, from.toMillis(), until.toMillis(), makesRows, derived);
  }
}
