package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/** Makes the rows of new events, and once more those that look back to them. */
final class RowStep<E, R> extends FoldStep<E, R> {
  private final Fold<E, R> fold;
  private final Series[] series;
  private final EntryBytes<E> codec;
  private final List<SeriesWork<E>> works;
  private final Window window = new Window();

  RowStep(KeyWork<E, R> key) {
    super(key);
    this.fold = key.fold;
    this.series = key.series;
    this.codec = key.codec;
    this.works = key.works;
  }

  @Override
  void run() {
    for (int s = 0; s < works.size(); s++) {
      if (series[s].makesRows()) {
        makeRows(works.get(s));
      }
    }
  }

  private void makeRows(SeriesWork<E> work) {
    int s = work.s;
    Chunk[] chunks = key.past[s];
    if (chunks.length == 0) {
      return;
    }
    long lowest = Long.MAX_VALUE;
    for (SeriesWork<E> each : works) {
      if (!each.influence.isEmpty()) {
        lowest = Math.min(lowest, each.influence.firstTime() + each.series.reachFrom());
      }
    }
    List<Entry<E>> touched = work.touched;
    if (touched.size() == 1 && noOtherRowFrom(lowest, touched.get(0), chunks)) {
      // The usual case: the other events are not even looked at.
      makeOwnRow(s, touched.get(0));
      return;
    }
    if (!touched.isEmpty()) {
      lowest = Math.min(lowest, touched.get(0).time);
    }
    int c = chunks.length;
    while (c > 0 && chunks[c - 1].isOpen() && chunks[c - 1].lastTime >= lowest) {
      c--;
    }
    int next = 0;
    for (; c < chunks.length; c++) {
      Chunk chunk = chunks[c];
      for (int i = Math.max(chunk.open, chunk.upTo(lowest - 1)); i < chunk.to; i++) {
        Entry<E> own = next < touched.size() ? touched.get(next) : null;
        if (own != null && own.index == i && own.chunkId == chunk.id) {
          makeRow(s, c, own);
          next++;
        } else if (mayBeInfluenced(chunk.time(i))) {
          Entry<E> entry = codec.read(chunk.bytes, chunk.place(i));
          if (isInfluenced(s, entry)) {
            entry.index = i;
            makeRow(s, c, entry);
          }
        }
      }
    }
  }

  /** Whether no event but perhaps this one is at or after the time. */
  private static boolean noOtherRowFrom(long time, Entry<?> entry, Chunk[] chunks) {
    Chunk last = chunks[chunks.length - 1];
    if (last.lastTime < time) {
      return true;
    }
    boolean isLast = entry.chunkId == last.id && entry.index == last.to - 1;
    return isLast && last.size() > 1 && last.time(last.to - 2) < time;
  }

  private void makeOwnRow(int s, Entry<E> entry) {
    int c = key.past[s].length - 1;
    while (key.past[s][c].id != entry.chunkId) {
      c--;
    }
    makeRow(s, c, entry);
  }

  private boolean mayBeInfluenced(long rowTime) {
    for (SeriesWork<E> each : works) {
      if (each.influence.mayReach(rowTime, each.series)) {
        return true;
      }
    }
    return false;
  }

  private boolean isInfluenced(int s, Entry<E> row) {
    for (SeriesWork<E> each : works) {
      if (each.influence.reaches(row, each.series, each.s == s)) {
        return true;
      }
    }
    return false;
  }

  private void makeRow(int s, int c, Entry<E> entry) {
    window.moveTo(s, c, entry.index, entry.time);
    boolean derived = series[s].derived();
    long others = 0;
    for (int i = 0; i < series.length; i++) {
      others +=
          window.weight(i, series[i].reachUntil() - series[i].reachFrom(), series[i].reachFrom());
      if (i == s && series[i].reachFrom() == 0) {
        others -= entry.weight(series[s].derived());
      }
    }
    long own =
        derived
            ? fold.evidence(entry.event)
            : 1 + ((long) entry.losers.size() << Entry.VARIANT_SHIFT);
    long evidence = Math.addExact(own, others);
    R row = fold.row(entry.event, window, evidence);
    if (row != null) {
      key.output().row(row);
    }
    if (!entry.losers.isEmpty() && entry.chunkId >= 0) {
      for (E loser : entry.losers) {
        R back = fold.withdrawn(loser, entry.event, evidence);
        if (back != null) {
          key.output().row(back);
        }
      }
    }
  }

  /** The history as the row at hand sees it. */
  private final class Window implements History {
    private int rowSeries;
    private int rowChunk;
    private int rowIndex;
    private long rowTime;

    /** Where the last look-up ended: chunk and index in it. */
    private @Nullable Chunk chunk;

    private int index;

    /** Where the latest look-ups of this row ended. */
    private final long[] foundTimes = new long[8];

    private final int[] foundSeries = new int[8];
    private final int[] foundIndexes = new int[8];
    private final List<Chunk> foundChunks = new ArrayList<>();
    private int found;

    /** Where the same look-ups of the row before ended: rows of a key follow each other in time. */
    private final int[] hints = new int[8];

    void moveTo(int s, int c, int i, long time) {
      found = 0;
      foundChunks.clear();
      rowSeries = s;
      rowChunk = c;
      rowIndex = i;
      rowTime = time;
    }

    @Override
    public long count(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.countBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.countBefore(index));
    }

    @Override
    public long sum(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.sumBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.sumBefore(index));
    }

    long weight(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.weightBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.weightBefore(index));
    }

    private void seekEnd(int s, long delay) {
      if (s == rowSeries && delay == 0) {
        chunk = key.past[s][rowChunk];
        index = rowIndex + 1;
      } else {
        seek(s, rowTime - delay);
      }
    }

    /** To just behind the last event at or before the time. */
    private void seek(int s, long time) {
      // The windows of a row share most of their ends.
      for (int i = 0; i < found; i++) {
        if (foundTimes[i] == time && foundSeries[i] == s) {
          chunk = foundChunks.get(i);
          index = foundIndexes[i];
          return;
        }
      }
      Chunk[] chunks = key.past[s];
      if (chunks.length == 0) {
        chunk = null;
        return;
      }
      int c = KeyHistory.chunkAt(chunks, time, hints[found % hints.length]);
      hints[found % hints.length] = c;
      chunk = key.loaded(s, Math.max(0, c));
      index = c < 0 ? chunk.from : time >= chunk.lastTime ? chunk.to : chunk.upTo(time);
      if (found < foundTimes.length) {
        foundTimes[found] = time;
        foundSeries[found] = s;
        foundIndexes[found] = index;
        foundChunks.add(chunk);
        found++;
      }
    }
  }
}
