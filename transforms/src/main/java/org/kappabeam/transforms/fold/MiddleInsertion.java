package org.kappabeam.transforms.fold;

import java.util.List;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/** One event among those of the last chunk: the usual case out of order. */
final class MiddleInsertion<E, R> extends Insertion<E, R> {
  MiddleInsertion(KeyWork<E, R> key, int chunkSize) {
    super(key, chunkSize);
  }

  @Override
  boolean insert(SeriesWork<E> work, List<Entry<E>> fresh) {
    Entry<E> entry = fresh.get(0);
    Chunk[] chunks = key.past[work.s];
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    if (fresh.size() > 1
        || last == null
        || entry.time <= last.firstTime
        || last.weights != null
        || last.isSpilled()
        || last.size() >= limit(chunks)
        || work.weight(entry) != 1) {
      return false;
    }
    int at = last.upTo(entry.time);
    if (last.times()[at - 1] == entry.time || at < last.open) {
      return false;
    }
    encode(entry);
    Chunk more =
        last.insert(at, entry.time, fold.measure(entry.event), event.buffer(), event.size());
    entry.chunkId = more.id;
    entry.index = more.from + at - last.from;
    key.past[work.s] = chunks.clone();
    key.past[work.s][chunks.length - 1] = more;
    arrived(work, entry);
    return true;
  }
}
