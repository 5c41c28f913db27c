package org.kappabeam.transforms.fold;

import java.util.List;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/** Adds the new events; absorbs duplicates, decides between contradicting variants. */
final class InsertStep<E, R> extends FoldStep<E, R> {
  /** From the usual and cheap to the one that always works. */
  private final List<Insertion<E, R>> ways;

  InsertStep(KeyWork<E, R> key, int chunkSize) {
    super(key);
    this.ways = List.of(new TailInsertion<>(key, chunkSize), new MergeInsertion<>(key, chunkSize));
  }

  @Override
  void run() {
    for (Entry<E> entry = key.batch; entry != null; entry = entry.next) {
      route(entry);
    }
    for (int s = 0; s < key.works.size(); s++) {
      SeriesWork<E> work = key.works.get(s);
      if (!work.arrivals.isEmpty()) {
        insert(work);
      }
    }
  }

  private void route(Entry<E> entry) {
    SeriesWork<E> work = key.works.get(key.fold.seriesOf(entry.event));
    if (entry.time >= key.settleBefore) {
      work.arrivals.add(entry);
    } else if (work.series.derived()) {
      key.output().lost();
    } else {
      key.output()
          .dead(
              DeadLetterReason.FORGOTTEN,
              "event time is behind the watermark by " + (key.settleBefore - entry.time) + " ms",
              entry);
    }
  }

  private void insert(SeriesWork<E> work) {
    List<Entry<E>> fresh = work.arrivals;
    if (fresh.size() > 1) {
      fresh.sort(Entry::compare);
    }
    if (key.past[work.s].length == 0) {
      key.dueAt = KeyHistory.ALWAYS_DUE;
    }
    int way = 0;
    while (!ways.get(way).insert(work, fresh)) {
      way++;
    }
    work.influence.sort();
  }
}
