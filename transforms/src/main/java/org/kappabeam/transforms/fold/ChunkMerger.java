package org.kappabeam.transforms.fold;

import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;

/**
 * Merges new events into a chunk where they do not simply follow it: into its middle, into itself
 * (duplicates, contradictions), with weights. Cost: one copy of the chunk. One per worker thread;
 * not thread-safe.
 */
final class ChunkMerger<E> {
  /** What becomes of an arrival. */
  interface Arrivals<E> {
    /** It is new. */
    void arrived(Entry<E> arrival);

    /**
     * It has time and id of a known event; the answer takes that one's place.
     *
     * @param known the event that is there, which may itself be of the batch at hand
     */
    Entry<E> met(Entry<E> known, Entry<E> arrival);
  }

  /** Room for one more event of usual size. */
  private static final int EVENT_BYTES = 64;

  private final Fold<E, ?> fold;
  private final EntryBytes<E> codec;
  private final boolean derived;
  private final Arrivals<E> arrivals;

  private long[] times = new long[64];
  private long[] measures = new long[64];
  private long[] weights = new long[64];
  private int[] places = new int[64];
  private @Nullable Entry<E>[] entries = newEntries(64);
  private final ByteWriter bytes = new ByteWriter(1024);
  private int settled;
  private int size;

  ChunkMerger(Fold<E, ?> fold, EntryBytes<E> codec, boolean derived, Arrivals<E> arrivals) {
    this.fold = fold;
    this.codec = codec;
    this.derived = derived;
    this.arrivals = arrivals;
  }

  /**
   * Merges arrivals into a chunk.
   *
   * @param fresh in order
   * @param first the first of them to merge
   * @param last behind the last of them to merge
   * @return how many events there are now; {@link #piece} hands them out
   */
  int merge(Chunk chunk, List<Entry<E>> fresh, int first, int last) {
    clear();
    for (int i = chunk.from; i < chunk.open; i++) {
      addKnown(chunk, i, -1);
    }
    settled = size;
    int next = first;
    for (int i = chunk.open; i < chunk.to; i++) {
      long time = chunk.time(i);
      while (next < last && fresh.get(next).time < time) {
        addArrival(fresh.get(next++));
      }
      if (next == last || fresh.get(next).time > time) {
        addKnown(chunk, i, bytes.size());
        copyBytes(chunk, i);
        continue;
      }
      // Equal times: ids decide, so the known event has to be looked at.
      Entry<E> known = codec.read(chunk.bytes, chunk.place(i));
      while (next < last && Entry.compare(fresh.get(next), known) < 0) {
        addArrival(fresh.get(next++));
      }
      Entry<E> winner = known;
      while (next < last && Entry.compare(fresh.get(next), known) == 0) {
        winner = arrivals.met(winner, fresh.get(next++));
      }
      if (winner == known) {
        addKnown(chunk, i, bytes.size());
        copyBytes(chunk, i);
      } else {
        addEntry(winner);
      }
    }
    while (next < last) {
      addArrival(fresh.get(next++));
    }
    return size;
  }

  private void clear() {
    Arrays.fill(entries, 0, size, null);
    bytes.reset();
    size = 0;
  }

  private void addKnown(Chunk chunk, int i, int place) {
    add(
        chunk.time(i),
        chunk.sumBefore(i + 1) - chunk.sumBefore(i),
        chunk.weightBefore(i + 1) - chunk.weightBefore(i),
        place,
        null);
  }

  private void copyBytes(Chunk chunk, int i) {
    int place = chunk.place(i);
    bytes.write(chunk.bytes, place, EntryBytes.length(chunk.bytes, place));
  }

  /** Adds an arrival, or lets it meet one of the same batch with its time and id. */
  private void addArrival(Entry<E> arrival) {
    Entry<E> before = size == 0 ? null : entries[size - 1];
    if (before == null || Entry.compare(before, arrival) != 0) {
      arrivals.arrived(arrival);
      addEntry(arrival);
      return;
    }
    Entry<E> winner = arrivals.met(before, arrival);
    if (winner != before) {
      // The loser's bytes stay behind as a gap.
      size--;
      addEntry(winner);
    }
  }

  private void addEntry(Entry<E> entry) {
    int place = bytes.size();
    codec.write(entry, bytes);
    add(entry.time, fold.measure(entry.event), entry.weight(derived), place, entry);
  }

  private void add(long time, long measure, long weight, int place, @Nullable Entry<E> entry) {
    if (size == times.length) {
      int capacity = 2 * size;
      times = Arrays.copyOf(times, capacity);
      measures = Arrays.copyOf(measures, capacity);
      weights = Arrays.copyOf(weights, capacity);
      places = Arrays.copyOf(places, capacity);
      entries = Arrays.copyOf(entries, capacity);
    }
    times[size] = time;
    measures[size] = measure;
    weights[size] = weight;
    places[size] = place;
    entries[size++] = entry;
  }

  /**
   * The merged events {@code [from, to)} as a chunk; entries among them learn where they stand.
   *
   * @param like what comes before index {@code from}: a chunk and an index in it
   */
  Chunk piece(int id, int from, int to, Chunk like, int index) {
    int n = to - from;
    int room = Chunk.withRoom(n);
    long[] pairs = new long[2 * room];
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum += measures[from + i];
      pairs[2 * i] = times[from + i];
      pairs[2 * i + 1] = sum;
      Entry<E> entry = entries[from + i];
      if (entry != null) {
        entry.chunkId = id;
        entry.index = i;
      }
    }
    int open = Math.max(0, Math.min(n, settled - from));
    // The open events' bytes stand in their order, so those of a piece are one stretch.
    int begin = open == n ? 0 : places[from + open];
    int used = open == n ? 0 : (to == size ? bytes.size() : places[to]) - begin;
    byte[] pieceBytes = new byte[open == n ? 0 : used + used / 4 + EVENT_BYTES];
    System.arraycopy(bytes.buffer(), begin, pieceBytes, 0, used);
    int[] piecePlaces = new int[room];
    for (int i = open; i < n; i++) {
      piecePlaces[i] = places[from + i] - begin;
    }
    return Chunk.of(
        id,
        open,
        n,
        like.countBefore(index),
        like.sumBefore(index),
        like.weightBefore(index),
        pairs,
        plain(from, to) ? null : runningWeights(from, to),
        piecePlaces,
        pieceBytes,
        used);
  }

  private long[] runningWeights(int from, int to) {
    long[] running = new long[to - from];
    long weight = 0;
    for (int i = from; i < to; i++) {
      weight += weights[i];
      running[i - from] = weight;
    }
    return running;
  }

  private boolean plain(int from, int to) {
    for (int i = from; i < to; i++) {
      if (weights[i] != 1) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  private static <E> @Nullable Entry<E>[] newEntries(int n) {
    return new Entry[n];
  }
}
