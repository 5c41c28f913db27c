package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/** One key's history while a batch is folded into it: what the steps hand on to each other. */
final class KeyWork<E, R> {
  final Fold<E, R> fold;
  final Series[] series;
  final EntryBytes<E> codec;

  /** Per series, what the batch does to it. */
  final List<SeriesWork<E>> works = new ArrayList<>();

  private final Map<Long, Chunk> loaded = new HashMap<>();

  String key = "";

  /** The new events, chained. */
  @Nullable Entry<E> batch;

  /** No event before this time can arrive any more. */
  long settleBefore;

  /** The chunks of each series: first the old ones, in the end the new ones. */
  Chunk[][] past = {};

  int nextId;

  /** See {@link KeyHistory#dueAt}. */
  long dueAt;

  private @Nullable ChunkStore store;
  private @Nullable FoldOutput<E, R> output;

  /** What the batch at hand does to one series. */
  static final class SeriesWork<E> {
    final int s;
    final Series series;
    final List<Entry<E>> arrivals = new ArrayList<>();

    /** New or changed events, in order. */
    final List<Entry<E>> touched = new ArrayList<>();

    final Influence influence = new Influence();

    SeriesWork(int s, Series series) {
      this.s = s;
      this.series = series;
    }

    /** How many distinct events an event stands for. */
    long weight(Entry<E> entry) {
      return entry.weight(series.derived());
    }
  }

  KeyWork(Fold<E, R> fold) {
    this.fold = fold;
    this.series = fold.series().toArray(new Series[0]);
    this.codec = new EntryBytes<>(fold);
    for (int s = 0; s < series.length; s++) {
      works.add(new SeriesWork<>(s, series[s]));
    }
  }

  void begin(
      String ofKey,
      @Nullable KeyHistory before,
      @Nullable Entry<E> newBatch,
      long settle,
      ChunkStore chunkStore,
      FoldOutput<E, R> out) {
    key = ofKey;
    batch = newBatch;
    settleBefore = settle;
    store = chunkStore;
    output = out;
    nextId = before == null ? 0 : before.nextId;
    dueAt = before == null ? KeyHistory.ALWAYS_DUE : before.dueAt;
    past = new Chunk[series.length][];
    for (int s = 0; s < series.length; s++) {
      past[s] = before == null ? KeyHistory.NO_CHUNKS : before.chunks(s);
      SeriesWork<E> work = works.get(s);
      work.arrivals.clear();
      work.touched.clear();
      work.influence.clear();
    }
    if (!loaded.isEmpty()) {
      loaded.clear();
    }
  }

  /** Chunk {@code c} with its columns; a spilled one is loaded once per batch. */
  Chunk loaded(int s, int c) {
    Chunk chunk = past[s][c];
    if (!chunk.isSpilled()) {
      return chunk;
    }
    return loaded.computeIfAbsent(
        ((long) s << Integer.SIZE) | chunk.id, unused -> store().load(key, s, chunk.id));
  }

  ChunkStore store() {
    if (store == null) {
      throw new IllegalStateException("no batch at hand");
    }
    return store;
  }

  FoldOutput<E, R> output() {
    if (output == null) {
      throw new IllegalStateException("no batch at hand");
    }
    return output;
  }
}
