package org.kappabeam.pipelines.compare;

import java.util.List;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.transforms.view.ViewValues;

/** Finds the rows of one key in two lists that are in key order. */
final class MergeJoin {
  private final List<ViewRow> older;
  private final Tally tally;
  private int next;

  MergeJoin(List<ViewRow> older, Tally tally) {
    this.older = older;
    this.tally = tally;
  }

  /** Takes the next row of the newer generation. */
  void next(ViewRow row) {
    while (next < older.size() && ViewValues.compareKeys(older.get(next).key(), row.key()) < 0) {
      onlyOlder();
    }
    if (next < older.size() && older.get(next).key().equals(row.key())) {
      tally.add(row.key(), older.get(next++), row);
    } else {
      tally.add(row.key(), null, row);
    }
  }

  /** There are no more rows of the newer generation. */
  void end() {
    while (next < older.size()) {
      onlyOlder();
    }
  }

  private void onlyOlder() {
    ViewRow row = older.get(next++);
    tally.add(row.key(), row, null);
  }
}
