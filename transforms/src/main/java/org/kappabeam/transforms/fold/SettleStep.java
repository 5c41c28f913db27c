package org.kappabeam.transforms.fold;

import java.util.Arrays;

/** Lets go of what the watermark has passed. */
final class SettleStep<E, R> extends FoldStep<E, R> {
  /** When a key gets events, as many as this are settled or forgotten at a time. */
  private static final int WORTH_IT = 8;

  SettleStep(KeyWork<E, R> key) {
    super(key);
  }

  @Override
  void run() {
    if (key.batch != null && key.settleBefore < key.dueAt) {
      return;
    }
    int atLeast = key.batch == null ? 1 : WORTH_IT;
    key.dueAt = Long.MAX_VALUE;
    for (int s = 0; s < key.past.length; s++) {
      Chunk[] chunks = key.past[s];
      if (chunks.length > 0) {
        key.past[s] = forget(s, settle(chunks, key.settleBefore, atLeast), atLeast);
        key.dueAt = Math.min(key.dueAt, dueAt(key.past[s], key.series[s].reachUntil()));
      }
    }
  }

  /** From when on there will be something to settle or to forget again. */
  private static long dueAt(Chunk[] chunks, long reach) {
    if (chunks.length == 0) {
      return Long.MAX_VALUE;
    }
    Chunk first = chunks[0];
    long due = (first.isSpilled() ? first.lastTime : worthIt(first, first.from)) + reach;
    int open = KeyHistory.firstOpen(chunks);
    return open == chunks.length
        ? due
        : Math.min(due, worthIt(chunks[open], chunks[open].open) + 1);
  }

  /** The time of the last of so many events of a chunk as are worth it. */
  private static long worthIt(Chunk chunk, int from) {
    int last = from + WORTH_IT - 1;
    return last < chunk.to ? chunk.time(last) : chunk.lastTime;
  }

  /**
   * Lets go of events whose rows are final: their times and totals remain.
   *
   * @param atLeast so many at once
   */
  private static Chunk[] settle(Chunk[] chunks, long settleBefore, int atLeast) {
    Chunk[] settled = chunks;
    for (int c = KeyHistory.firstOpen(chunks);
        c < chunks.length && chunks[c].time(chunks[c].open) < settleBefore;
        c++) {
      int open = chunks[c].upTo(settleBefore - 1);
      if (open < chunks[c].to && open - chunks[c].open < atLeast) {
        break;
      }
      settled = settled == chunks ? chunks.clone() : settled;
      settled[c] = chunks[c].since(chunks[c].from, open);
    }
    return settled;
  }

  /**
   * Drops settled events that no row can look back to any more.
   *
   * @param atLeast so many at once
   */
  private Chunk[] forget(int s, Chunk[] chunks, int atLeast) {
    long limit = key.settleBefore - key.series[s].reachUntil();
    int drop = 0;
    while (drop < chunks.length && !chunks[drop].isOpen() && chunks[drop].lastTime <= limit) {
      if (chunks[drop].isSpilled()) {
        key.store().remove(key.key, s, chunks[drop].id);
      }
      drop++;
    }
    Chunk[] left = drop == 0 ? chunks : Arrays.copyOfRange(chunks, drop, chunks.length);
    if (left.length == 0 || left[0].isSpilled() || left[0].firstTime > limit) {
      return left;
    }
    int from = Math.min(left[0].upTo(limit), left[0].open);
    if (from - left[0].from >= atLeast) {
      left = left == chunks ? chunks.clone() : left;
      left[0] = left[0].since(from, left[0].open);
    }
    return left;
  }
}
