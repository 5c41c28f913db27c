package org.kappabeam.transforms.fold;

import java.util.List;
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

  /**
   * The history as the row at hand sees it. What was looked up is kept as numbers: a reference
   * stored into an object as old as this one costs the collector's barrier each time.
   */
  private final class Window implements History {
    private static final int SLOTS = 8;

    private int rowSeries;
    private long rowTime;

    /** Totals up to the row's own event, of its series. */
    private long ownCount;

    private long ownSum;
    private long ownWeight;

    /** The latest look-ups of this row: totals of a series up to a time. */
    private final int[] foundSeries = new int[SLOTS];

    private final long[] foundTimes = new long[SLOTS];
    private final long[] counts = new long[SLOTS];
    private final long[] sums = new long[SLOTS];
    private final long[] weights = new long[SLOTS];
    private int found;

    /** Where the same look-ups of the row before ended: rows of a key follow each other in time. */
    private final int[] hints = new int[SLOTS];

    void moveTo(int s, int c, int i, long time) {
      found = 0;
      rowSeries = s;
      rowTime = time;
      Chunk own = key.past[s][c];
      ownCount = own.countBefore(i + 1);
      ownSum = own.sumBefore(i + 1);
      ownWeight = own.weightBefore(i + 1);
    }

    @Override
    public long count(int s, long length, long delay) {
      long end = endsWithOwn(s, delay) ? ownCount : counts[seek(s, rowTime - delay)];
      return end - counts[seek(s, rowTime - delay - length)];
    }

    @Override
    public long sum(int s, long length, long delay) {
      long end = endsWithOwn(s, delay) ? ownSum : sums[seek(s, rowTime - delay)];
      return end - sums[seek(s, rowTime - delay - length)];
    }

    long weight(int s, long length, long delay) {
      long end = endsWithOwn(s, delay) ? ownWeight : weights[seek(s, rowTime - delay)];
      return end - weights[seek(s, rowTime - delay - length)];
    }

    private boolean endsWithOwn(int s, long delay) {
      return s == rowSeries && delay == 0;
    }

    /**
     * Looks up the totals of the events at or before the time.
     *
     * @return the slot that holds them
     */
    private int seek(int s, long time) {
      // The windows of a row share most of their ends.
      int known = Math.min(found, SLOTS);
      for (int slot = 0; slot < known; slot++) {
        if (foundTimes[slot] == time && foundSeries[slot] == s) {
          return slot;
        }
      }
      int slot = found % SLOTS;
      found++;
      foundTimes[slot] = time;
      foundSeries[slot] = s;
      Chunk[] chunks = key.past[s];
      if (chunks.length == 0) {
        counts[slot] = 0;
        sums[slot] = 0;
        weights[slot] = 0;
        return slot;
      }
      int c = KeyHistory.chunkAt(chunks, time, hints[slot]);
      hints[slot] = c;
      Chunk chunk = key.loaded(s, Math.max(0, c));
      int index = c < 0 ? chunk.from : chunk.upTo(time);
      counts[slot] = chunk.countBefore(index);
      sums[slot] = chunk.sumBefore(index);
      weights[slot] = chunk.weightBefore(index);
      return slot;
    }
  }
}
