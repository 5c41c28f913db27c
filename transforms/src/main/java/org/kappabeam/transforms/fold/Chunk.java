package org.kappabeam.transforms.fold;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Consecutive events of one series of one key, in order, with running totals: any window is the
 * difference of two of them. Immutable.
 *
 * <p>Columns, not objects: a key's past is a handful of arrays, whatever the number of its events,
 * so it costs the garbage collector next to nothing. Of events whose rows are final
 * (<i>settled</i>, {@code [from, open)}) times and totals remain; of those whose rows can still
 * change (<i>open</i>, {@code [open, to)}) also their bytes. Settling and forgetting move an index.
 * A chunk is <i>spilled</i> when its columns stand in a state cell of their own.
 */
final class Chunk {
  private static final byte[] NO_BYTES = {};

  /** Events a new chunk has room for. */
  private static final int FIRST_ROOM = 4;

  final int id;

  /** Index of the first event; those before are forgotten. */
  final int from;

  /** Index of the first open event. */
  final int open;

  /** Index behind the last event. */
  final int to;

  final long firstTime;
  final long lastTime;

  /** Totals of the series before index 0. */
  final long baseCount;

  final long baseSum;
  final long baseWeight;

  /**
   * Of each event its time and, beside it, since who finds the one wants the other, the running
   * total since the base that includes it; null if spilled.
   */
  private final long @Nullable [] pairs;

  /** The running totals of weights; null if spilled, or if every event weighs one. */
  final long @Nullable [] weights;

  /** Where the bytes of an open event begin; null if no event was ever open. */
  final int @Nullable [] places;

  /** The open events as {@link EntryBytes} writes them, in any order, with gaps. */
  final byte[] bytes;

  /** How many of the bytes are taken. */
  final int used;

  /**
   * How much of the columns is taken. Chunks that grew out of each other share columns with room at
   * the end: each sees its own part, and only one that stands at the mark may write behind it.
   */
  private final @Nullable Mark mark;

  /** Up to which index columns are taken. */
  private static final class Mark {
    private int taken;

    Mark(int taken) {
      this.taken = taken;
    }
  }

  private Chunk(
      int id,
      int from,
      int open,
      int to,
      long firstTime,
      long lastTime,
      long baseCount,
      long baseSum,
      long baseWeight,
      long @Nullable [] pairs,
      long @Nullable [] weights,
      int @Nullable [] places,
      byte[] bytes,
      int used,
      @Nullable Mark mark) {
    this.id = id;
    this.from = from;
    this.open = open;
    this.to = to;
    this.firstTime = firstTime;
    this.lastTime = lastTime;
    this.baseCount = baseCount;
    this.baseSum = baseSum;
    this.baseWeight = baseWeight;
    this.pairs = pairs;
    this.weights = weights;
    this.places = places;
    this.bytes = bytes;
    this.used = used;
    this.mark = mark;
  }

  /**
   * A chunk of the given columns, which are taken over and may have room at the end.
   *
   * @param settled how many of the events are settled
   * @param used how many of the bytes are taken
   */
  static Chunk of(
      int id,
      int settled,
      int size,
      long baseCount,
      long baseSum,
      long baseWeight,
      long[] pairs,
      long @Nullable [] weights,
      int @Nullable [] places,
      byte[] bytes,
      int used) {
    return new Chunk(
        id,
        0,
        settled,
        size,
        pairs[0],
        pairs[2 * size - 2],
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        weights,
        places,
        bytes,
        used,
        new Mark(size));
  }

  /** A chunk without events, to merge the first ones of a series into. */
  static Chunk empty(int id) {
    return spilled(id, 0, 0, 0, 0, 0, 0);
  }

  /** What stands for a spilled chunk in the key's history. */
  static Chunk spilled(
      int id,
      int size,
      long firstTime,
      long lastTime,
      long baseCount,
      long baseSum,
      long baseWeight) {
    return new Chunk(
        id,
        0,
        size,
        size,
        firstTime,
        lastTime,
        baseCount,
        baseSum,
        baseWeight,
        null,
        null,
        null,
        NO_BYTES,
        0,
        null);
  }

  /**
   * A chunk of one event that weighs one, behind another or, if that is {@code null}, the first.
   */
  static Chunk first(
      int id, @Nullable Chunk previous, long time, long measure, byte[] event, int length) {
    long[] pairs = new long[2 * FIRST_ROOM];
    pairs[0] = time;
    pairs[1] = measure;
    return new Chunk(
        id,
        0,
        0,
        1,
        time,
        time,
        previous == null ? 0 : previous.countBefore(previous.to),
        previous == null ? 0 : previous.sumBefore(previous.to),
        previous == null ? 0 : previous.weightBefore(previous.to),
        pairs,
        null,
        new int[FIRST_ROOM],
        Arrays.copyOf(event, 2 * length),
        length,
        new Mark(1));
  }

  int size() {
    return to - from;
  }

  boolean isOpen() {
    return open < to;
  }

  boolean isSpilled() {
    return pairs == null;
  }

  /**
   * The index behind the last event at or before the time. Where events come evenly the first guess
   * is about right, and one or two cache lines of a long column are looked at instead of one per
   * bisection.
   */
  int upTo(long time) {
    if (time < firstTime) {
      return from;
    }
    if (time >= lastTime) {
      return to;
    }
    long[] all = pairs();
    double share = (double) (time - firstTime) / ((double) lastTime - firstTime);
    int guess = from + (int) (share * (size() - 1));
    int low = from + 1;
    int high = to - 1;
    // Widens around the guess until the answer is in [low, high].
    int step = 1;
    if (all[2 * guess] <= time) {
      low = guess + 1;
      while (low + step <= high && all[2 * (low + step - 1)] <= time) {
        low += step;
        step <<= 1;
      }
      high = Math.min(high, low + step - 1);
    } else {
      high = guess;
      while (high - step >= low && all[2 * (high - step)] > time) {
        high -= step;
        step <<= 1;
      }
      low = Math.max(low, high - step + 1);
    }
    while (low < high) {
      int mid = (low + high) >>> 1;
      if (all[2 * mid] <= time) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    return low;
  }

  long countBefore(int index) {
    return baseCount + index;
  }

  long sumBefore(int index) {
    return index == 0 ? baseSum : baseSum + pairs()[2 * index - 1];
  }

  long weightBefore(int index) {
    return index == 0
        ? baseWeight
        : weights == null ? baseWeight + index : baseWeight + weights[index - 1];
  }

  long time(int index) {
    return pairs()[2 * index];
  }

  private long[] pairs() {
    if (pairs == null) {
      throw new IllegalStateException("the chunk is spilled");
    }
    return pairs;
  }

  /** How many events the columns have room for. */
  private int room() {
    return pairs().length / 2;
  }

  /** Where the bytes of an open event begin. */
  int place(int index) {
    return presentPlaces()[index];
  }

  private int[] presentPlaces() {
    if (places == null) {
      throw new IllegalStateException("the chunk has no open events");
    }
    return places;
  }

  // ---- later versions of the chunk ------------------------------------------------------------

  /** The chunk without its columns, to stand for it in the history. */
  Chunk spilled() {
    return spilled(
        id, size(), firstTime, lastTime, countBefore(from), sumBefore(from), weightBefore(from));
  }

  /** The chunk with other beginnings of what it remembers and of what is open. */
  Chunk since(int newFrom, int newOpen) {
    return since(id, newFrom, newOpen);
  }

  private Chunk since(int newId, int newFrom, int newOpen) {
    boolean settled = newOpen == to;
    return new Chunk(
        newId,
        newFrom,
        newOpen,
        to,
        time(newFrom),
        lastTime,
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        weights,
        settled ? null : places,
        settled ? NO_BYTES : bytes,
        settled ? 0 : used,
        mark);
  }

  /** The chunk behind more events than before. */
  Chunk moved(long count, long sum, long weight) {
    return new Chunk(
        id,
        from,
        open,
        to,
        firstTime,
        lastTime,
        baseCount + count,
        baseSum + sum,
        baseWeight + weight,
        pairs,
        weights,
        places,
        bytes,
        used,
        mark);
  }

  /** Whether events that weigh one can be written behind. */
  boolean canGrow() {
    return weights == null && pairs != null;
  }

  /**
   * The chunk with a later event that weighs one. Looks at none of the others, and copies them only
   * if the room behind them is taken or used up.
   *
   * @param event its bytes, {@code length} of them
   */
  Chunk append(long time, long measure, byte[] event, int length) {
    if (mark == null || mark.taken != to || to == room()) {
      return roomy(1, length).append(time, measure, event, length);
    }
    byte[] allBytes = bytes;
    int[] allPlaces = places;
    int at = used;
    if (allPlaces == null || used + length > bytes.length) {
      // Only the open events' bytes are needed further on.
      allPlaces = new int[room()];
      allBytes = new byte[roomFor(length)];
      at = copyBytes(open, to, 0, allPlaces, allBytes, 0);
    }
    pairs()[2 * to] = time;
    pairs()[2 * to + 1] = sumBefore(to) - baseSum + measure;
    allPlaces[to] = at;
    System.arraycopy(event, 0, allBytes, at, length);
    mark.taken = to + 1;
    return new Chunk(
        id,
        from,
        open,
        to + 1,
        firstTime,
        time,
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        null,
        allPlaces,
        allBytes,
        at + length,
        mark);
  }

  /**
   * The chunk with the first events of the one behind it.
   *
   * @param count how many
   */
  Chunk extended(Chunk next, int count) {
    int end = next.from + count;
    int settled = Math.min(end, Math.max(next.from, next.open));
    int length = 0;
    for (int i = settled; i < end; i++) {
      length += EntryBytes.length(next.bytes, next.place(i));
    }
    if (mark == null
        || mark.taken != to
        || to + count > room()
        || (length > 0 && (places == null || used + length > bytes.length))) {
      return roomy(count, length).extended(next, count);
    }
    long shift = sumBefore(to) - baseSum - (next.sumBefore(next.from) - next.baseSum);
    copyPairs(next.pairs(), next.from, pairs(), to, count, shift);
    if (length > 0) {
      next.copyBytes(settled, end, next.from - to, presentPlaces(), bytes, used);
    }
    mark.taken = to + count;
    return new Chunk(
        id,
        from,
        isOpen() ? open : to + settled - next.from,
        to + count,
        firstTime,
        next.time(end - 1),
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        null,
        places,
        bytes,
        used + length,
        mark);
  }

  /** The first events as a chunk of their own. */
  Chunk first(int count) {
    int end = from + count;
    return new Chunk(
        id,
        from,
        Math.min(open, end),
        end,
        firstTime,
        time(end - 1),
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        weights,
        places,
        bytes,
        used,
        mark);
  }

  /** All but the first events as a chunk of another id. */
  Chunk without(int count, int newId) {
    return since(newId, from + count, Math.max(open, from + count));
  }

  /**
   * The chunk with an event that weighs one, somewhere among the open ones. Copies the columns, and
   * looks at no event.
   *
   * @param at the index it gets; no other event has its time
   * @param event its bytes, {@code length} of them
   */
  Chunk insert(int at, long time, long measure, byte[] event, int length) {
    int size = size();
    int before = at - from;
    int capacity = withRoom(size);
    long[] newPairs = new long[2 * capacity];
    long forgotten = sumBefore(from) - baseSum;
    copyPairs(pairs(), from, newPairs, 0, before, -forgotten);
    newPairs[2 * before] = time;
    newPairs[2 * before + 1] = sumBefore(at) - baseSum - forgotten + measure;
    copyPairs(pairs(), at, newPairs, before + 1, to - at, measure - forgotten);
    int[] newPlaces = new int[capacity];
    byte[] newBytes = bytes;
    int place = used;
    if (mark != null && mark.taken == to && places != null && used + length <= bytes.length) {
      System.arraycopy(places, open, newPlaces, open - from, at - open);
      System.arraycopy(places, at, newPlaces, before + 1, to - at);
      // The bytes are shared: nobody else may write behind them.
      mark.taken = to + 1;
    } else {
      newBytes = new byte[roomFor(length)];
      place = copyBytes(open, at, from, newPlaces, newBytes, 0);
      place = copyBytes(at, to, from - 1, newPlaces, newBytes, place);
    }
    newPlaces[before] = place;
    System.arraycopy(event, 0, newBytes, place, length);
    return new Chunk(
        id,
        0,
        open - from,
        size + 1,
        at == from ? time : firstTime,
        at == to ? time : lastTime,
        countBefore(from),
        sumBefore(from),
        weightBefore(from),
        newPairs,
        null,
        newPlaces,
        newBytes,
        place + length,
        new Mark(size + 1));
  }

  /** Copies times and, moved by {@code shift}, totals. */
  private static void copyPairs(
      long[] source, int index, long[] target, int targetIndex, int count, long shift) {
    System.arraycopy(source, 2 * index, target, 2 * targetIndex, 2 * count);
    if (shift != 0) {
      for (int i = targetIndex; i < targetIndex + count; i++) {
        target[2 * i + 1] += shift;
      }
    }
  }

  /** How long to make columns for so many events and some more. */
  static int withRoom(int size) {
    return size + size / 4 + 4;
  }

  /** How many bytes to take for the open events and a few more of the given length. */
  private int roomFor(int length) {
    int needed = 0;
    for (int i = open; i < to; i++) {
      needed += EntryBytes.length(bytes, place(i));
    }
    return needed + needed / 2 + 3 * length;
  }

  /**
   * Copies the bytes of the events {@code [begin, end)} one behind the other.
   *
   * @param shift how far the events' indexes move to the left
   * @param place where the first goes
   * @return the place behind the last
   */
  private int copyBytes(int begin, int end, int shift, int[] toPlaces, byte[] toBytes, int place) {
    int at = place;
    for (int i = begin; i < end; i++) {
      int length = EntryBytes.length(bytes, place(i));
      System.arraycopy(bytes, place(i), toBytes, at, length);
      toPlaces[i - shift] = at;
      at += length;
    }
    return at;
  }

  /**
   * The same chunk in columns of its own, without what is forgotten, with room at the end.
   *
   * @param more events it must have room for
   * @param length of their bytes
   */
  private Chunk roomy(int more, int length) {
    int size = size();
    int capacity = size + size / 2 + 4 + more;
    long[] ownPairs = new long[2 * capacity];
    copyPairs(pairs(), from, ownPairs, 0, size, baseSum - sumBefore(from));
    int[] ownPlaces = new int[capacity];
    byte[] ownBytes = new byte[roomFor(length)];
    int taken = copyBytes(open, to, from, ownPlaces, ownBytes, 0);
    return new Chunk(
        id,
        0,
        open - from,
        size,
        firstTime,
        lastTime,
        countBefore(from),
        sumBefore(from),
        weightBefore(from),
        ownPairs,
        null,
        ownPlaces,
        ownBytes,
        taken,
        new Mark(size));
  }
}
