package org.kappabeam.pipelines.compare;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewValues;

/** Compares pairs of rows of one view and counts what it finds. Not thread-safe. */
final class Tally {
  private static final int MAX_VALUE_TEXT = 200;

  private final ViewSchema schema;
  private final List<String> newColumns;
  private final int timeColumn;
  private final long completeUntil;
  private final ExpectedDifferences expected;

  private final MessageDigest sha256;
  private final ByteWriter buffer = new ByteWriter(256);
  private final long[] hashBefore = new long[2];
  private final long[] hashAfter = new long[2];
  private final Map<String, Long> changedColumns = new TreeMap<>();
  private final TreeSet<Difference> samples = new TreeSet<>(ViewParity.SHOWN_FIRST);
  private long rowsBefore;
  private long rowsAfter;
  private long equal;
  private long removed;
  private long added;
  private long changed;
  private long unexpected;
  private long leftOut;

  /**
   * @param schema the columns that both generations have
   * @param timeColumn the index of the column that {@code completeUntil} is about, or -1
   * @param completeUntil microseconds since the epoch; rows of this time and later are left out
   */
  Tally(
      ViewSchema schema,
      List<String> newColumns,
      int timeColumn,
      long completeUntil,
      ExpectedDifferences expected) {
    this.schema = schema;
    this.newColumns = newColumns;
    this.timeColumn = timeColumn;
    this.completeUntil = completeUntil;
    this.expected = expected;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Takes the rows of one key; at least one of them is there. */
  void add(String key, @Nullable ViewRow before, @Nullable ViewRow after) {
    if ((before == null || isIncomplete(before)) && (after == null || isIncomplete(after))) {
      leftOut++;
      return;
    }
    rowsBefore += hash(before, hashBefore);
    rowsAfter += hash(after, hashAfter);
    if (before == null) {
      added++;
      differ(key, Difference.Kind.ADDED, null, after, allColumns());
    } else if (after == null) {
      removed++;
      differ(key, Difference.Kind.REMOVED, before, null, allColumns());
    } else {
      Set<String> differing = differing(before, after);
      if (differing.isEmpty()) {
        equal++;
      } else {
        changed++;
        differing.forEach(column -> changedColumns.merge(column, 1L, Long::sum));
        differ(key, Difference.Kind.CHANGED, before, after, differing);
      }
    }
  }

  private boolean isIncomplete(ViewRow row) {
    return timeColumn >= 0 && row.value(timeColumn) instanceof Long time && time >= completeUntil;
  }

  private Set<String> differing(ViewRow before, ViewRow after) {
    Set<String> differing = new LinkedHashSet<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      Column column = schema.columns().get(i);
      if (!Objects.deepEquals(
          ViewValues.canonical(column, before.value(i)),
          ViewValues.canonical(column, after.value(i)))) {
        differing.add(column.name());
      }
    }
    return differing;
  }

  private void differ(
      String key,
      Difference.Kind kind,
      @Nullable ViewRow before,
      @Nullable ViewRow after,
      Set<String> columns) {
    boolean foreseen =
        expected.cover(
            schema.name(),
            kind,
            columns,
            (column, value) -> holds(before, column, value) || holds(after, column, value));
    unexpected += foreseen ? 0 : 1;
    samples.add(new Difference(key, kind, foreseen, texts(before, columns), texts(after, columns)));
    if (samples.size() > ViewParity.MAX_SAMPLES) {
      samples.pollLast();
    }
  }

  private boolean holds(@Nullable ViewRow row, String column, String value) {
    if (row == null) {
      return false;
    }
    if (column.equals(schema.keyColumn())) {
      return row.key().equals(value);
    }
    int index = schema.columns().stream().map(Column::name).toList().indexOf(column);
    return index >= 0 && text(row.value(index)).equals(value);
  }

  private Set<String> allColumns() {
    return new LinkedHashSet<>(schema.columns().stream().map(Column::name).toList());
  }

  private @Nullable Map<String, String> texts(@Nullable ViewRow row, Set<String> columns) {
    if (row == null) {
      return null;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      String name = schema.columns().get(i).name();
      if (columns.contains(name)) {
        String text = text(row.value(i));
        texts.put(
            name, text.length() > MAX_VALUE_TEXT ? text.substring(0, MAX_VALUE_TEXT) + "…" : text);
      }
    }
    return texts;
  }

  private static String text(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_VALUE_TEXT))
        : String.valueOf(value);
  }

  /** Adds a row's fingerprint; a sum does not depend on the order. */
  private int hash(@Nullable ViewRow row, long[] sum) {
    if (row == null) {
      return 0;
    }
    Object[] values = new Object[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ViewValues.canonical(schema.columns().get(i), row.value(i));
    }
    buffer.reset();
    ViewRowCoder.of().write(ViewRow.of(row.key(), 0, values), buffer);
    sha256.update(buffer.buffer(), 0, buffer.size());
    byte[] digest = sha256.digest();
    for (int half = 0; half < 2; half++) {
      long bits = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        bits = bits << Byte.SIZE | (digest[half * Long.BYTES + i] & 0xFF);
      }
      sum[half] += bits;
    }
    return 1;
  }

  /** What was found so far. */
  ViewParity result() {
    return new ViewParity(
        schema.name(),
        rowsBefore,
        rowsAfter,
        equal,
        removed,
        added,
        changed,
        unexpected,
        leftOut,
        changedColumns,
        newColumns,
        ViewParity.hash(hashBefore[0], hashBefore[1]),
        ViewParity.hash(hashAfter[0], hashAfter[1]),
        new ArrayList<>(samples));
  }
}
