package org.kappabeam.transforms.fold;

/** Moves old chunks of a large history to state cells of their own. */
final class SpillStep<E, R> extends FoldStep<E, R> {
  /** Settled chunks kept beside the open ones. */
  private static final int INLINE_CHUNKS = 4;

  @Override
  void run(KeyWork<E, R> work) {
    for (int s = 0; s < work.past.length; s++) {
      if (work.past[s].length > INLINE_CHUNKS) {
        spill(work, s);
      }
    }
  }

  private void spill(KeyWork<E, R> work, int s) {
    Chunk[] chunks = work.past[s];
    Chunk[] copy = chunks;
    for (int c = KeyHistory.firstOpen(chunks) - INLINE_CHUNKS - 1;
        c >= 0 && !chunks[c].isSpilled();
        c--) {
      copy = copy == chunks ? chunks.clone() : copy;
      work.store().save(work.key, s, chunks[c]);
      copy[c] = chunks[c].spilled();
    }
    work.past[s] = copy;
  }
}
