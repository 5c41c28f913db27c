package org.kappabeam.transforms.fold;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Applies the events of one batch to the history of one key: settles and forgets what the watermark
 * has passed, adds the new events, makes the rows they changed. The same for live and replay. One
 * per worker thread; not thread-safe.
 *
 * <p>Cost: an event that comes in order is written behind the others; one that does not costs a
 * copy of the chunk it falls into, the last and small one as a rule; a row costs two binary
 * searches a window. None of it grows with the key's history.
 */
final class KeyFolder<E, R> {
  /** A {@code settleBefore} that settles nothing. */
  static final long NEVER = Long.MIN_VALUE / 2;

  /** Events per chunk: what is copied when one arrives out of order. */
  static final int CHUNK = 256;

  private final KeyWork<E, R> work;
  private final List<FoldStep<E, R>> steps;

  KeyFolder(Fold<E, R> fold) {
    this(fold, CHUNK);
  }

  /**
   * @param chunkSize events per chunk
   */
  KeyFolder(Fold<E, R> fold, int chunkSize) {
    work = new KeyWork<>(fold);
    steps =
        List.of(
            new SettleStep<>(work),
            new InsertStep<>(work, chunkSize),
            new RowStep<>(work),
            new SpillStep<>(work));
  }

  /**
   * Applies a batch to the history of one key.
   *
   * @param before the key's history, or {@code null} if it has none
   * @param batch the new events, chained by {@link Entry#next}; {@code null} if there are none
   * @param settleBefore no event before this time can arrive any more; what its rows need is kept
   * @return the key's new history
   */
  KeyHistory apply(
      String key,
      @Nullable KeyHistory before,
      @Nullable Entry<E> batch,
      long settleBefore,
      ChunkStore store,
      FoldOutput<E, R> output) {
    work.begin(key, before, batch, settleBefore, store, output);
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).run();
    }
    return new KeyHistory(work.past, work.nextId, work.dueAt);
  }
}
