package org.kappabeam.transforms.fold;

import java.util.List;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/** A way to add new events to a series. */
abstract class Insertion<E, R> {
  final KeyWork<E, R> key;
  final Fold<E, R> fold;
  final EntryBytes<E> codec;
  final int chunkSize;

  /** The bytes of the event at hand. */
  final ByteWriter event = new ByteWriter(256);

  Insertion(KeyWork<E, R> key, int chunkSize) {
    this.key = key;
    this.fold = key.fold;
    this.codec = key.codec;
    this.chunkSize = chunkSize;
  }

  /**
   * Adds the events; or says no and changes nothing.
   *
   * @param fresh in order, at least one
   */
  abstract boolean insert(SeriesWork<E> work, List<Entry<E>> fresh);

  final void encode(Entry<E> entry) {
    event.reset();
    codec.write(entry, event);
  }

  final void arrived(SeriesWork<E> work, Entry<E> arrival) {
    work.touched.add(arrival);
    work.influence.add(arrival);
    if (!work.series.derived()) {
      key.output().folded();
    }
  }
}
