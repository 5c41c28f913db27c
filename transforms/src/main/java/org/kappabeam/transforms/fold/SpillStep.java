package org.kappabeam.transforms.fold;

/** Moves old chunks of a large history to state cells of their own. */
final class SpillStep<E, R> extends FoldStep<E, R> {
  /** Settled chunks kept beside the open ones. */
  private static final int INLINE_CHUNKS = 4;

  SpillStep(KeyWork<E, R> key) {
    super(key);
  }

  @Override
  void run() {
    for (int s = 0; s < key.past.length; s++) {
      if (key.past[s].length > INLINE_CHUNKS) {
        spill(s);
      }
    }
  }

  private void spill(int s) {
    Chunk[] chunks = key.past[s];
    Chunk[] copy = chunks;
    for (int c = KeyHistory.firstOpen(chunks) - INLINE_CHUNKS - 1;
        c >= 0 && !chunks[c].isSpilled();
        c--) {
      copy = copy == chunks ? chunks.clone() : copy;
      key.store().save(key.key, s, chunks[c]);
      copy[c] = chunks[c].spilled();
    }
    key.past[s] = copy;
  }
}
