package org.kappabeam.transforms.fold;

import java.util.Arrays;
import java.util.List;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/**
 * Events near the end, each with a time of its own: the usual case. The last chunk of a series is
 * kept small, since an event out of order costs a copy of it; what gets old in it is handed over to
 * the chunk before.
 */
final class TailInsertion<E, R> extends Insertion<E, R> {
  /** Events the last chunk keeps when it hands over. */
  private final int kept;

  TailInsertion(KeyWork<E, R> key, int chunkSize) {
    super(key, chunkSize);
    this.kept = Math.max(1, Math.min(16, chunkSize / 2));
  }

  @Override
  boolean insert(SeriesWork<E> work, List<Entry<E>> fresh) {
    Chunk[] chunks = key.past[work.s];
    if (!allNearEnd(work, chunks, fresh)) {
      return false;
    }
    chunks = chunks.length == 0 ? new Chunk[1] : chunks.clone();
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      encode(entry);
      chunks = add(chunks, entry);
      arrived(work, entry);
      // Not while the next event may belong to what would be handed over.
      if (i + 1 == fresh.size() || chunks[chunks.length - 1].lastTime == entry.time) {
        chunks = keepSmall(chunks);
      }
    }
    key.past[work.s] = chunks;
    for (int i = 0; i < fresh.size(); i++) {
      locate(chunks, fresh.get(i));
    }
    return true;
  }

  /** Whether the events have times of their own and few of them are earlier than the last known. */
  private boolean allNearEnd(SeriesWork<E> work, Chunk[] chunks, List<Entry<E>> fresh) {
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    long before = Long.MIN_VALUE;
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      if (entry.time == before || work.weight(entry) != 1) {
        return false;
      }
      if (last != null && entry.time <= last.lastTime) {
        if (i == kept || last.isSpilled() || last.weights != null || entry.time <= last.firstTime) {
          return false;
        }
        int at = last.upTo(entry.time);
        if (last.time(at - 1) == entry.time || at < last.open) {
          return false;
        }
      }
      before = entry.time;
    }
    return true;
  }

  /** Adds the event whose bytes are at hand to the last of the chunks, or to a new one. */
  private Chunk[] add(Chunk[] chunks, Entry<E> entry) {
    Chunk last = chunks[chunks.length - 1];
    long measure = fold.measure(entry.event);
    if (last == null) {
      chunks[0] =
          Chunk.first(key.nextId++, null, entry.time, measure, event.buffer(), event.size());
    } else if (entry.time < last.lastTime) {
      int at = last.upTo(entry.time);
      chunks[chunks.length - 1] =
          last.insert(at, entry.time, measure, event.buffer(), event.size());
    } else if (last.canGrow()) {
      chunks[chunks.length - 1] = last.append(entry.time, measure, event.buffer(), event.size());
    } else {
      Chunk[] more = Arrays.copyOf(chunks, chunks.length + 1);
      more[chunks.length] =
          Chunk.first(key.nextId++, last, entry.time, measure, event.buffer(), event.size());
      return more;
    }
    return chunks;
  }

  /** Leaves a few events in the last chunk; the others go to the one before, or become one. */
  private Chunk[] keepSmall(Chunk[] chunks) {
    int n = chunks.length;
    Chunk last = chunks[n - 1];
    if (last.size() < 2 * kept || !last.canGrow()) {
      return chunks;
    }
    int count = last.size() - kept;
    Chunk before = n > 1 ? chunks[n - 2] : null;
    if (before != null && before.canGrow() && before.size() + count <= chunkSize) {
      chunks[n - 2] = before.extended(last, count);
      chunks[n - 1] = last.without(count, last.id);
      return chunks;
    }
    Chunk[] more = Arrays.copyOf(chunks, n + 1);
    more[n - 1] = last.first(count);
    more[n] = last.without(count, key.nextId++);
    return more;
  }

  /** Tells an event where it stands. */
  private static void locate(Chunk[] chunks, Entry<?> entry) {
    Chunk chunk = chunks[KeyHistory.chunkAt(chunks, entry.time, chunks.length - 1)];
    entry.chunkId = chunk.id;
    entry.index = (entry.time == chunk.lastTime ? chunk.to : chunk.upTo(entry.time)) - 1;
  }
}
