package org.kappabeam.transforms.fold;

/**
 * What a fold remembers of one key: per series, its chunks in order, settled ones first. Immutable:
 * a new batch makes a new history that shares all it did not touch.
 */
final class KeyHistory {
  static final Chunk[] NO_CHUNKS = {};

  /** So many chunks are looked through one by one, the latest first. */
  private static final int FEW = 4;

  /** A {@link #dueAt} for when nobody knows. */
  static final long ALWAYS_DUE = Long.MIN_VALUE;

  private final Chunk[][] series;

  /** The id the next new chunk gets. */
  final int nextId;

  /**
   * As long as no event before this time is settled, settling and forgetting is not worth a look at
   * the chunks. A hint: not part of the state.
   */
  final long dueAt;

  /**
   * @param series taken over, not copied
   */
  KeyHistory(Chunk[][] series, int nextId, long dueAt) {
    this.series = series;
    this.nextId = nextId;
    this.dueAt = dueAt;
  }

  /** The chunks of a series; not to be changed. */
  Chunk[] chunks(int s) {
    return series[s];
  }

  /** Whether a sweep finds something to settle, to forget, or to remove. */
  boolean isDue(long settleBefore) {
    return settleBefore >= dueAt || isEmpty();
  }

  boolean isEmpty() {
    for (Chunk[] chunks : series) {
      if (chunks.length > 0) {
        return false;
      }
    }
    return true;
  }

  /** The index of the first chunk with open events; that of the end if there is none. */
  static int firstOpen(Chunk[] chunks) {
    int open = chunks.length;
    while (open > 0 && chunks[open - 1].isOpen()) {
      open--;
    }
    return open;
  }

  /**
   * The last chunk that begins at or before the time, or -1.
   *
   * @param hint tried first; any number will do
   */
  static int chunkAt(Chunk[] chunks, long time, int hint) {
    if (chunks.length <= FEW) {
      int c = chunks.length - 1;
      while (c >= 0 && chunks[c].firstTime > time) {
        c--;
      }
      return c;
    }
    if (hint >= 0
        && hint < chunks.length
        && chunks[hint].firstTime <= time
        && (hint + 1 == chunks.length || chunks[hint + 1].firstTime > time)) {
      return hint;
    }
    int low = 0;
    int high = chunks.length - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (chunks[mid].firstTime <= time) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return high;
  }
}
