package org.kappabeam.transforms.fold;

import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The logic of an {@link EventTimeFold}, written per key and event: what the author of a pilot
 * writes. All methods are pure functions of their arguments. Stateless: two folds of the same class
 * are the same.
 *
 * @param <E> the events
 * @param <R> the rows
 */
public abstract class Fold<E, R> implements Serializable {

  public abstract Coder<E> eventCoder();

  public abstract Coder<R> rowCoder();

  /** The kinds of events; {@link #seriesOf} is an index into this list. */
  public abstract List<Series> series();

  public int seriesOf(E event) {
    return 0;
  }

  public abstract String key(E event);

  /** Event time, milliseconds since the epoch. */
  public abstract long time(E event);

  /** Tells events of one key and time apart, and orders them. */
  public abstract String id(E event);

  /** The exact integer that {@link History#sum} adds up. */
  public long measure(E event) {
    return 0;
  }

  /** The evidence a derived event brings to its own row; raw events count themselves. */
  public long evidence(E event) {
    return 1;
  }

  /** The evidence a derived event brings to the rows it influences; raw events count themselves. */
  public long weight(E event) {
    return 1;
  }

  /**
   * The row of an event, or {@code null} if it makes none after all. Called when the event arrives
   * and again whenever its history has changed.
   *
   * @param evidence how many distinct events the row depends on: its version
   */
  public abstract @Nullable R row(E event, History history, long evidence);

  /**
   * The row that takes back what a losing variant of an event may have caused elsewhere, or {@code
   * null} if the winner's row replaces it anyway.
   *
   * @param evidence higher than that of any row the loser was given
   */
  public @Nullable R withdrawn(E loser, E winner, long evidence) {
    return null;
  }

  /**
   * How many contradicting variants of its own event a row's evidence stands on; 1 for nearly every
   * row. A row made from more variants outweighs any made from fewer, whatever their histories.
   */
  public static long variants(long evidence) {
    return 1 + (evidence >>> Entry.VARIANT_SHIFT);
  }

  /** An event as the message a dead letter shows. */
  public abstract byte[] toMessage(E event);
}
