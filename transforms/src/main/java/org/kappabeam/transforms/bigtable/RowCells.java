package org.kappabeam.transforms.bigtable;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowCell;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewValues;

/** Rows of a view as cells of a Bigtable row, and back; the package says how. */
final class RowCells {
  static final String VALUES = "v";
  static final String META = "m";

  private static final String FINGERPRINT = "fingerprint";
  private static final String WITHDRAWN = "withdrawn";

  /** Evidence is counted in milliseconds, Bigtable's timestamps in microseconds. */
  private static final long MICROS_PER_EVIDENCE = 1_000;

  private static final long MAX_EVIDENCE = Long.MAX_VALUE / MICROS_PER_EVIDENCE - 1;

  private final ViewSchema schema;
  private final Map<String, Integer> columns = new HashMap<>();

  RowCells(ViewSchema schema) {
    this.schema = schema;
    for (int i = 0; i < schema.columns().size(); i++) {
      columns.put(schema.columns().get(i).name(), i);
    }
  }

  /**
   * The write of a row: replaces the stored one as a whole, unless that one wins.
   *
   * @throws KappaException if the row does not fit the schema
   */
  ConditionalRowMutation upsert(TableId table, ByteString rowKey, ViewRow row) {
    if (row.evidence() < 0 || row.evidence() > MAX_EVIDENCE) {
      throw new KappaException(
          "a row of view " + schema.name() + " has evidence " + row.evidence(),
          "evidence counts events, from 0 to " + MAX_EVIDENCE);
    }
    long timestamp = row.evidence() * MICROS_PER_EVIDENCE;
    Mutation mutation = Mutation.create().deleteRow();
    List<Column> all = schema.columns();
    if (row.columns() != all.size()) {
      throw new KappaException(
          "a row of view " + schema.name() + " has " + row.columns() + " values for " + all.size(),
          "build rows with values in the order of the view's schema");
    }
    for (int i = 0; i < all.size(); i++) {
      Column column = all.get(i);
      Object value = ViewValues.canonical(column, row.value(i));
      if (value != null) {
        mutation.setCell(
            VALUES,
            ByteString.copyFromUtf8(column.name()),
            timestamp,
            CellValues.encode(column.type(), value));
      }
    }
    // Behind the check of the values: of others there is no fingerprint.
    ByteString fingerprint = sortable(row.fingerprint());
    mutation.setCell(META, ByteString.copyFromUtf8(FINGERPRINT), timestamp, fingerprint);
    if (row.withdrawn()) {
      mutation.setCell(META, ByteString.copyFromUtf8(WITHDRAWN), timestamp, ByteString.EMPTY);
    }
    return ConditionalRowMutation.create(table, rowKey)
        .condition(wins(timestamp, fingerprint))
        .otherwise(mutation);
  }

  /**
   * Lets something through if the stored row has more evidence, or as much and no lower
   * fingerprint.
   */
  private static Filter wins(long timestamp, ByteString fingerprint) {
    long next = timestamp + MICROS_PER_EVIDENCE;
    return FILTERS
        .chain()
        .filter(FILTERS.family().exactMatch(META))
        .filter(FILTERS.qualifier().exactMatch(FINGERPRINT))
        .filter(
            FILTERS
                .interleave()
                .filter(FILTERS.timestamp().range().startClosed(next))
                .filter(
                    FILTERS
                        .chain()
                        .filter(FILTERS.timestamp().range().startClosed(timestamp).endOpen(next))
                        .filter(FILTERS.value().range().startClosed(fingerprint))));
  }

  /** Eight bytes that compare like the number. */
  private static ByteString sortable(long fingerprint) {
    return CellValues.number(fingerprint ^ Long.MIN_VALUE);
  }

  /** What {@link #isWithdrawn} needs of a row, and no more. */
  static Filter marks() {
    return FILTERS
        .chain()
        .filter(FILTERS.family().exactMatch(META))
        .filter(FILTERS.value().strip());
  }

  static boolean isWithdrawn(Row row) {
    return !row.getCells(META, WITHDRAWN).isEmpty();
  }

  /**
   * @throws KappaException if the cells were not written by us
   */
  ViewRow row(Row row) {
    String key = SaltedKeys.key(row.getKey());
    long evidence = -1;
    boolean withdrawn = false;
    @Nullable Object[] values = new Object[schema.columns().size()];
    for (RowCell cell : row.getCells()) {
      String qualifier = cell.getQualifier().toStringUtf8();
      if (cell.getFamily().equals(VALUES)) {
        // Columns that this schema does not know are another's.
        Integer index = columns.get(qualifier);
        if (index != null) {
          values[index] = CellValues.decode(schema.columns().get(index), cell.getValue());
        }
      } else if (qualifier.equals(FINGERPRINT)) {
        evidence = cell.getTimestamp() / MICROS_PER_EVIDENCE;
      } else if (qualifier.equals(WITHDRAWN)) {
        withdrawn = true;
      }
    }
    if (evidence < 0) {
      throw new KappaException(
          "a row of view " + schema.name() + " has no evidence",
          "see who else writes to its table");
    }
    return withdrawn ? ViewRow.withdrawn(key, evidence, values) : ViewRow.of(key, evidence, values);
  }
}
