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
    if (events.size() > 1) {
      events.sort(Entry::compare);
    }
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  long firstTime() {
    return events.get(0).time;
  }

  /** Whether any of the events may lie in what a row at this time looks back to. */
  boolean mayReach(long rowTime, Series series) {
    int last = lastUpTo(rowTime - series.reachFrom());
    return last >= 0 && events.get(last).time > rowTime - series.reachUntil();
  }

  /**
   * Whether any of the events lies in what the row looks back to.
   *
   * @param own whether they are of the row's own series, where ids order events of equal time
   */
  boolean reaches(Entry<?> row, Series series, boolean own) {
    int last = lastUpTo(row.time - series.reachFrom());
    if (own && series.reachFrom() == 0) {
      while (last >= 0 && Entry.compare(events.get(last), row) >= 0) {
        last--;
      }
    }
    return last >= 0 && events.get(last).time > row.time - series.reachUntil();
  }

  /** The index of the last event at or before the time, or -1. */
  private int lastUpTo(long time) {
    int low = 0;
    int high = events.size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (events.get(mid).time <= time) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return high;
  }
}
