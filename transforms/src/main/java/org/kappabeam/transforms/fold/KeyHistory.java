package org.kappabeam.transforms.fold;

import java.util.List;

/**
 * What a fold remembers of one key: per series, its chunks in order. Immutable: a new batch makes a
 * new history that shares all chunks it did not touch.
 *
 * @param <E> the events
 */
final class KeyHistory<E> {
  final List<Past<E>> series;

  KeyHistory(List<Past<E>> series) {
    this.series = series;
  }

  boolean isEmpty() {
    for (Past<E> past : series) {
      if (past.chunks.length > 0) {
        return false;
      }
    }
    return true;
  }

  /** The chunks of one series: settled ones first, then open ones. */
  static final class Past<E> {
    final Chunk<E>[] chunks;

    /** The id the next new chunk gets. */
    final int nextId;

    /** The index of the first open chunk; that of the end if there is none. */
    final int firstOpen;

    Past(Chunk<E>[] chunks, int nextId) {
      this.chunks = chunks;
      this.nextId = nextId;
      int open = chunks.length;
      while (open > 0 && chunks[open - 1].isOpen()) {
        open--;
      }
      this.firstOpen = open;
    }

    /**
     * The last chunk that begins at or before the time, or -1.
     *
     * @param hint tried first; any number will do
     */
    int chunkAt(long time, int hint) {
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
}
