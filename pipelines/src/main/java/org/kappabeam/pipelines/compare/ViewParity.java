package org.kappabeam.pipelines.compare;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the comparison of one view found; parts of it add up to the whole.
 *
 * @param view its name
 * @param rowsBefore rows compared of the older generation
 * @param rowsAfter rows compared of the newer one
 * @param equal rows with the same values in both
 * @param removed rows only in the older one
 * @param added rows only in the newer one
 * @param changed rows in both with other values
 * @param unexpected rows removed, added or changed that nobody expected to be
 * @param leftOut rows not compared, since not all of their events have been read in both
 * @param changedColumns per column, in how many rows it changed
 * @param newColumns columns the older one has not
 * @param hashBefore a fingerprint of the rows compared, whatever their order: the sum of theirs
 * @param hashAfter the same of the newer one
 * @param samples some of the differences: those that nobody expected first, then by key
 */
@JsonPropertyOrder({
  "view",
  "rowsBefore",
  "rowsAfter",
  "equal",
  "removed",
  "added",
  "changed",
  "unexpected",
  "leftOut",
  "changedColumns",
  "newColumns",
  "hashBefore",
  "hashAfter",
  "samples"
})
public record ViewParity(
    String view,
    long rowsBefore,
    long rowsAfter,
    long equal,
    long removed,
    long added,
    long changed,
    long unexpected,
    long leftOut,
    Map<String, Long> changedColumns,
    List<String> newColumns,
    String hashBefore,
    String hashAfter,
    List<Difference> samples)
    implements Serializable { // what Beam answers for an empty view travels with the graph
  /** How many differences are shown. */
  public static final int MAX_SAMPLES = 20;

  /** Of two differences, the one to show first. */
  static final Comparator<Difference> SHOWN_FIRST =
      Comparator.comparing(Difference::expected).thenComparing(Difference::key);

  /** Nothing compared yet. */
  static ViewParity none(String view) {
    String zero = hash(0, 0);
    return new ViewParity(view, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), List.of(), zero, zero, List.of());
  }

  /** Whether nothing differs that was not expected to. */
  public boolean passes() {
    return unexpected == 0;
  }

  /** Both parts together. */
  ViewParity plus(ViewParity other) {
    Map<String, Long> columns = new TreeMap<>(changedColumns);
    other.changedColumns.forEach((column, rows) -> columns.merge(column, rows, Long::sum));
    List<Difference> shown = new ArrayList<>(samples);
    shown.addAll(other.samples);
    shown.sort(SHOWN_FIRST);
    return new ViewParity(
        view,
        rowsBefore + other.rowsBefore,
        rowsAfter + other.rowsAfter,
        equal + other.equal,
        removed + other.removed,
        added + other.added,
        changed + other.changed,
        unexpected + other.unexpected,
        leftOut + other.leftOut,
        columns,
        newColumns.isEmpty() ? other.newColumns : newColumns,
        plus(hashBefore, other.hashBefore),
        plus(hashAfter, other.hashAfter),
        List.copyOf(shown.subList(0, Math.min(MAX_SAMPLES, shown.size()))));
  }

  private static String plus(String a, String b) {
    return hash(
        Long.parseUnsignedLong(a, 0, 16, 16) + Long.parseUnsignedLong(b, 0, 16, 16),
        Long.parseUnsignedLong(a, 16, 32, 16) + Long.parseUnsignedLong(b, 16, 32, 16));
  }

  static String hash(long high, long low) {
    return "%016x%016x".formatted(high, low);
  }
}
