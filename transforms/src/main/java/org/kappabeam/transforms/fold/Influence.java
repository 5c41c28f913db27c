package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.List;

/** The events of one series whose arrival changes the history of rows, in order. */
final class Influence {
  private final List<Entry<?>> events = new ArrayList<>();

  void clear() {
    events.clear();
  }

  void add(Entry<?> entry) {
    events.add(entry);
  }

  void sort() {
    events.sort(Entry::compare);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  long firstTime() {
    return events.get(0).time;
  }

  /**
   * Whether any of the events lies in what the row looks back to.
   *
   * @param own whether they are of the row's own series, where ids order events of equal time
   */
  boolean reaches(Entry<?> row, Series series, boolean own) {
    int low = 0;
    int high = events.size() - 1;
    long end = row.time - series.reachFrom();
    boolean byId = own && series.reachFrom() == 0;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      Entry<?> event = events.get(mid);
      boolean before = byId ? Entry.compare(event, row) < 0 : event.time <= end;
      if (before) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return high >= 0 && events.get(high).time > row.time - series.reachUntil();
  }
}
