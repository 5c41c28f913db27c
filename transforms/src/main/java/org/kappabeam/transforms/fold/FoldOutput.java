package org.kappabeam.transforms.fold;

import org.kappabeam.coders.event.DeadLetterReason;

/** What becomes of the events of a batch: rows, duplicates, dead letters. */
interface FoldOutput<E, R> {
  void row(R row);

  /** A raw event that is part of the view now. */
  void folded();

  /** A raw event that was there already. */
  void duplicate();

  /** A correction that came after its row was settled: the watermark was wrong. Must not happen. */
  void lost();

  /**
   * A raw event that is refused; one that had been folded before, if a smaller one displaced it.
   */
  void dead(DeadLetterReason reason, String detail, Entry<E> entry);
}
