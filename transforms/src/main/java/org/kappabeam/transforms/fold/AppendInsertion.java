package org.kappabeam.transforms.fold;

import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/** Events that simply follow all that are there, and each other: the usual case. */
final class AppendInsertion<E, R> extends Insertion<E, R> {
  AppendInsertion(KeyWork<E, R> key, int chunkSize) {
    super(key, chunkSize);
  }

  @Override
  boolean insert(SeriesWork<E> work, List<Entry<E>> fresh) {
    if (!follow(work, fresh)) {
      return false;
    }
    Chunk[] chunks = key.past[work.s].clone();
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    int begin = 0;
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      encode(entry);
      long measure = fold.measure(entry.event);
      if (last != null && last.canAppend(entry.time, limit(chunks))) {
        last = last.append(entry.time, measure, event.buffer(), event.size());
      } else {
        if (i > begin) {
          locate(fresh, begin, i, last);
          begin = i;
        }
        last = Chunk.first(key.nextId++, last, entry.time, measure, event.buffer(), event.size());
        chunks = Arrays.copyOf(chunks, chunks.length + 1);
      }
      chunks[chunks.length - 1] = last;
      arrived(work, entry);
    }
    locate(fresh, begin, fresh.size(), last);
    key.past[work.s] = chunks;
    return true;
  }

  private boolean follow(SeriesWork<E> work, List<Entry<E>> fresh) {
    Chunk[] chunks = key.past[work.s];
    long time = chunks.length == 0 ? Long.MIN_VALUE : chunks[chunks.length - 1].lastTime;
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      if (entry.time <= time || work.weight(entry) != 1) {
        return false;
      }
      time = entry.time;
    }
    return true;
  }

  /** Tells the last events of a chunk where they stand. */
  private static <E> void locate(List<Entry<E>> fresh, int begin, int end, @Nullable Chunk chunk) {
    if (chunk == null) {
      throw new IllegalStateException("events without a chunk");
    }
    for (int i = begin; i < end; i++) {
      fresh.get(i).chunkId = chunk.id;
      fresh.get(i).index = chunk.to - end + i;
    }
  }
}
