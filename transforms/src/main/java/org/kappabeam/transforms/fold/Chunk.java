package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Consecutive events of one series of one key, in order, with running totals since the key's first
 * event: any window is the difference of two of them. Immutable.
 *
 * <p>A chunk is <i>open</i> while the rows of its events can still change (it then keeps the
 * events), <i>settled</i> afterwards (times and totals remain), and <i>spilled</i> when its body
 * stands in a state cell of its own.
 */
final class Chunk<E> {
  final int id;
  final int size;
  final long firstTime;
  final long lastTime;

  /** Totals before the first event. */
  final long baseCount;

  final long baseSum;
  final long baseWeight;

  /** Null if spilled. */
  final long @Nullable [] times;

  /** Running totals, each including its event; null if spilled. */
  final long @Nullable [] sums;

  /** Null if spilled, or if every event weighs one. */
  final long @Nullable [] weights;

  /** The events; null unless open. */
  final @Nullable List<Entry<E>> entries;

  Chunk(
      int id,
      int size,
      long firstTime,
      long lastTime,
      long baseCount,
      long baseSum,
      long baseWeight,
      long @Nullable [] times,
      long @Nullable [] sums,
      long @Nullable [] weights,
      @Nullable List<Entry<E>> entries) {
    this.id = id;
    this.size = size;
    this.firstTime = firstTime;
    this.lastTime = lastTime;
    this.baseCount = baseCount;
    this.baseSum = baseSum;
    this.baseWeight = baseWeight;
    this.times = times;
    this.sums = sums;
    this.weights = weights;
    this.entries = entries;
  }

  boolean isOpen() {
    return entries != null;
  }

  boolean isSpilled() {
    return times == null;
  }

  /** The chunk without its body, to stand for it in the index. */
  Chunk<E> spilled() {
    return new Chunk<>(
        id, size, firstTime, lastTime, baseCount, baseSum, baseWeight, null, null, null, null);
  }

  /** How many events are at or before the time. */
  int upTo(long time) {
    int found = Arrays.binarySearch(times(), time);
    if (found < 0) {
      return -found - 1;
    }
    int end = found + 1;
    while (end < size && times()[end] == time) {
      end++;
    }
    return end;
  }

  long sumBefore(int index) {
    return index == 0 ? baseSum : body(sums)[index - 1];
  }

  long weightBefore(int index) {
    return index == 0 ? baseWeight : weights == null ? baseWeight + index : weights[index - 1];
  }

  long[] times() {
    return body(times);
  }

  private static long[] body(long @Nullable [] array) {
    if (array == null) {
      throw new IllegalStateException("the chunk is spilled");
    }
    return array;
  }

  /** Writes the times and running totals of the first {@code n} events into arrays. */
  void copyTotals(long[] toTimes, long[] toSums, int n) {
    System.arraycopy(times(), 0, toTimes, 0, n);
    System.arraycopy(body(sums), 0, toSums, 0, n);
  }

  /** This open chunk without its first {@code from} events. */
  Chunk<E> openFrom(int from) {
    if (entries == null) {
      throw new IllegalStateException("the chunk is not open");
    }
    return new Chunk<>(
        id,
        size - from,
        times()[from],
        lastTime,
        baseCount + from,
        sumBefore(from),
        weightBefore(from),
        Arrays.copyOfRange(times(), from, size),
        Arrays.copyOfRange(body(sums), from, size),
        weights == null ? null : Arrays.copyOfRange(weights, from, size),
        new ArrayList<>(entries.subList(from, size)));
  }

  /** Events {@code [from, to)} as a settled chunk. */
  Chunk<E> settled(int newId, int from, int to) {
    boolean plain = true;
    for (int i = from; i < to && plain; i++) {
      plain = weightBefore(i + 1) - weightBefore(i) == 1;
    }
    return new Chunk<>(
        newId,
        to - from,
        times()[from],
        times()[to - 1],
        baseCount + from,
        sumBefore(from),
        weightBefore(from),
        Arrays.copyOfRange(times(), from, to),
        Arrays.copyOfRange(body(sums), from, to),
        plain || weights == null ? null : Arrays.copyOfRange(weights, from, to),
        null);
  }

  /** This settled chunk with events {@code [0, to)} of the next one behind it. */
  Chunk<E> append(Chunk<E> next, int to) {
    int total = size + to;
    long[] allTimes = Arrays.copyOf(times(), total);
    long[] allSums = Arrays.copyOf(body(sums), total);
    System.arraycopy(next.times(), 0, allTimes, size, to);
    System.arraycopy(body(next.sums), 0, allSums, size, to);
    long[] allWeights = null;
    if (weights != null || next.weights != null) {
      allWeights = new long[total];
      for (int i = 0; i < total; i++) {
        allWeights[i] = i < size ? weightBefore(i + 1) : next.weightBefore(i - size + 1);
      }
    }
    return new Chunk<>(
        id,
        total,
        firstTime,
        allTimes[total - 1],
        baseCount,
        baseSum,
        baseWeight,
        allTimes,
        allSums,
        allWeights,
        null);
  }
}
