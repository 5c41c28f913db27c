package org.kappabeam.transforms.fold;

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
  private final Entry<E> @Nullable [] entries;

  /**
   * How much of the arrays is taken. Chunks that grew out of each other share arrays with room at
   * the end: each sees its own {@link #size}, and only the one that stands at the mark may write
   * behind it.
   */
  private final @Nullable Mark mark;

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
      Entry<E> @Nullable [] entries,
      @Nullable Mark mark) {
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
    this.mark = mark;
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
        id,
        size,
        firstTime,
        lastTime,
        baseCount,
        baseSum,
        baseWeight,
        null,
        null,
        null,
        null,
        null);
  }

  /** How many events are at or before the time. */
  int upTo(long time) {
    int found = Arrays.binarySearch(times(), 0, size, time);
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

  /** Event {@code i} of an open chunk. */
  Entry<E> entry(int i) {
    return open()[i];
  }

  private Entry<E>[] open() {
    if (entries == null) {
      throw new IllegalStateException("the chunk is not open");
    }
    return entries;
  }

  /** Up to where arrays are taken. */
  private static final class Mark {
    private int taken;

    Mark(int taken) {
      this.taken = taken;
    }
  }

  /**
   * An open chunk; its running totals follow from its base and its events.
   *
   * @param like a chunk with the same base, or {@code null}
   * @param kept how many events it has in common with that chunk, from the beginning
   */
  static <E> Chunk<E> open(
      Fold<E, ?> fold,
      boolean derived,
      int id,
      long baseCount,
      long baseSum,
      long baseWeight,
      List<Entry<E>> events,
      @Nullable Chunk<E> like,
      int kept) {
    int n = events.size();
    long[] times = new long[n];
    long[] sums = new long[n];
    long[] weights = null;
    long sum = baseSum;
    long weight = baseWeight;
    if (like != null) {
      System.arraycopy(like.times(), 0, times, 0, kept);
      System.arraycopy(body(like.sums), 0, sums, 0, kept);
      weights = like.weights == null ? null : Arrays.copyOf(like.weights, n);
      sum = like.sumBefore(kept);
      weight = like.weightBefore(kept);
    }
    for (int i = kept; i < n; i++) {
      Entry<E> entry = events.get(i);
      times[i] = entry.time;
      sum += fold.measure(entry.event);
      sums[i] = sum;
      long w = entry.weight(fold, derived);
      if (w != 1 && weights == null) {
        weights = new long[n];
        for (int j = 0; j < i; j++) {
          weights[j] = baseWeight + j + 1;
        }
      }
      weight += w;
      if (weights != null) {
        weights[i] = weight;
      }
    }
    return new Chunk<>(
        id,
        n,
        times[0],
        times[n - 1],
        baseCount,
        baseSum,
        baseWeight,
        times,
        sums,
        weights,
        events.toArray(newEntries(n)),
        new Mark(n));
  }

  /** Whether {@link #grown} may take events that weigh one each. */
  boolean canGrow(int by, int limit) {
    return entries != null && weights == null && size + by <= limit;
  }

  /**
   * This open chunk with new events that weigh one each; or {@code null} if one of them is here
   * already. Looks at none of the old events but those of equal time: what it needs stands in the
   * arrays.
   *
   * @param events in order
   */
  @Nullable Chunk<E> grown(Fold<E, ?> fold, List<Entry<E>> events, int limit) {
    int n = size + events.size();
    int kept = upTo(events.get(0).time - 1);
    long[] oldTimes = times();
    long[] oldSums = body(sums);
    Entry<E>[] old = open();
    long[] allTimes = oldTimes;
    long[] allSums = oldSums;
    Entry<E>[] all = old;
    Mark shared = mark;
    // Only what is behind every event of every chunk with these arrays may be written in place.
    if (kept < size || shared == null || shared.taken != size || n > allTimes.length) {
      int capacity = Math.min(limit, n + Math.max(4, n / 2));
      allTimes = Arrays.copyOf(Arrays.copyOf(oldTimes, kept), capacity);
      allSums = Arrays.copyOf(Arrays.copyOf(oldSums, kept), capacity);
      all = Arrays.copyOf(Arrays.copyOf(old, kept), capacity);
      shared = new Mark(n);
    }
    long added = 0;
    int from = kept;
    int to = kept;
    for (Entry<E> entry : events) {
      while (from < size && comesBefore(oldTimes[from], old[from], entry)) {
        allTimes[to] = oldTimes[from];
        allSums[to] = oldSums[from] + added;
        all[to++] = old[from++];
      }
      if (from < size && oldTimes[from] == entry.time && old[from].id.equals(entry.id)) {
        return null;
      }
      added += fold.measure(entry.event);
      allTimes[to] = entry.time;
      allSums[to] = sumBefore(from) + added;
      all[to++] = entry;
    }
    while (from < size) {
      allTimes[to] = oldTimes[from];
      allSums[to] = oldSums[from] + added;
      all[to++] = old[from++];
    }
    shared.taken = n;
    return new Chunk<>(
        id,
        n,
        allTimes[0],
        allTimes[n - 1],
        baseCount,
        baseSum,
        baseWeight,
        allTimes,
        allSums,
        null,
        all,
        shared);
  }

  private static boolean comesBefore(long time, Entry<?> old, Entry<?> other) {
    return time != other.time ? time < other.time : old.id.compareTo(other.id) < 0;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  private static <E> Entry<E>[] newEntries(int n) {
    return new Entry[n];
  }

  /** This open chunk without its first {@code from} events. */
  Chunk<E> openFrom(int from) {
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
        Arrays.copyOfRange(open(), from, size),
        new Mark(size - from));
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
        null,
        null);
  }

  /** This settled chunk with events {@code [0, to)} of the next one behind it. */
  Chunk<E> append(Chunk<E> next, int to, int limit) {
    int total = size + to;
    long[] allTimes = times();
    long[] allSums = body(sums);
    long[] allWeights = null;
    Mark shared = mark;
    boolean weighted = weights != null || next.weights != null;
    if (weighted || shared == null || shared.taken != size || total > allTimes.length) {
      int capacity = Math.min(limit, total + total / 2);
      allTimes = Arrays.copyOf(allTimes, capacity);
      allSums = Arrays.copyOf(allSums, capacity);
      shared = new Mark(total);
    }
    shared.taken = total;
    System.arraycopy(next.times(), 0, allTimes, size, to);
    System.arraycopy(body(next.sums), 0, allSums, size, to);
    if (weighted) {
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
        null,
        shared);
  }
}
