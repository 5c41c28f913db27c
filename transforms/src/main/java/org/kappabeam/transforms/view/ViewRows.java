package org.kappabeam.transforms.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.kappabeam.coders.view.ViewRow;

/** Rules of rows that do not depend on a store. */
public final class ViewRows {
  /**
   * A cheap total order of keys; which one does not matter, as long as all writers use the same.
   */
  private static final Comparator<ViewRow> BY_KEY = Comparator.comparing(ViewRow::key);

  private ViewRows() {}

  /** Whether {@code row} takes the place of {@code other}, another row of the same key. */
  public static boolean wins(ViewRow row, ViewRow other) {
    return row.evidence() != other.evidence()
        ? row.evidence() > other.evidence()
        : row.fingerprint() > other.fingerprint();
  }

  /**
   * One row per key, the winner, sorted. A statement with many rows must not name a key twice; and
   * transactions that lock rows in the same order cannot lock each other out.
   */
  public static List<ViewRow> winners(List<ViewRow> rows) {
    List<ViewRow> sorted = new ArrayList<>(rows);
    sorted.sort(BY_KEY);
    int kept = 0;
    for (ViewRow row : sorted) {
      if (kept == 0 || !sorted.get(kept - 1).key().equals(row.key())) {
        sorted.set(kept++, row);
      } else if (wins(row, sorted.get(kept - 1))) {
        sorted.set(kept - 1, row);
      }
    }
    return sorted.subList(0, kept);
  }
}
