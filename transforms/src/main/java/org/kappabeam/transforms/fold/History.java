package org.kappabeam.transforms.fold;

/**
 * What a fold sees of one key when it makes the row of one event at time {@code t}: exact counts
 * and sums over windows {@code (t − delay − length, t − delay]} of any series. Without delay, the
 * window of the event's own series ends with the event itself; events at the same time count if
 * their id is smaller. Windows must lie within the series' declared reach.
 */
public interface History {

  /** How many events of the series are in the window. */
  long count(int series, long lengthMillis, long delayMillis);

  /** The sum of {@link Fold#measure} over the events of the series in the window. */
  long sum(int series, long lengthMillis, long delayMillis);
}
