package org.kappabeam.transforms.bigtable;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowCell;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kappabeam.transforms.view.ControlTable;

/** The control table of an instance: a row per text, one cell whose timestamp is the version. */
final class BigtableControlTable implements ControlTable {
  static final String TABLE = "kappa_control";

  private static final String WHAT = "table " + TABLE;
  private static final String DOCUMENT = "document";

  /** Versions are counted in milliseconds, as evidence is. */
  private static final long MICROS_PER_VERSION = 1_000;

  private final BigtableViewStore store;
  private final BigtableDataClient data;

  BigtableControlTable(BigtableViewStore store, BigtableDataClient data) {
    this.store = store;
    this.data = data;
  }

  @Override
  public Optional<Document> get(String key) {
    return store.attempt(
        WHAT,
        "read " + TABLE,
        () ->
            Optional.ofNullable(data.readRow(TableId.of(TABLE), key))
                .map(BigtableControlTable::document));
  }

  @Override
  public List<Document> list(String prefix) {
    return store.attempt(
        WHAT,
        "read " + TABLE,
        () -> {
          List<Document> found = new ArrayList<>();
          for (Row row : data.readRows(Query.create(TableId.of(TABLE)).prefix(prefix))) {
            found.add(document(row));
          }
          return found;
        });
  }

  @Override
  public boolean put(String key, long expected, String text) {
    Mutation write =
        Mutation.create()
            .deleteRow()
            .setCell(
                RowCells.META,
                ByteString.copyFromUtf8(DOCUMENT),
                (expected + 1) * MICROS_PER_VERSION,
                ByteString.copyFromUtf8(text));
    ConditionalRowMutation change =
        ConditionalRowMutation.create(TableId.of(TABLE), ByteString.copyFromUtf8(key));
    return store.attempt(
        WHAT,
        "write " + TABLE,
        () ->
            expected == ABSENT
                ? !data.checkAndMutateRow(change.condition(FILTERS.pass()).otherwise(write))
                : data.checkAndMutateRow(change.condition(has(expected)).then(write)));
  }

  private static Filter has(long version) {
    return FILTERS
        .timestamp()
        .range()
        .startClosed(version * MICROS_PER_VERSION)
        .endOpen((version + 1) * MICROS_PER_VERSION);
  }

  private static Document document(Row row) {
    RowCell cell = row.getCells(RowCells.META, DOCUMENT).get(0);
    return new Document(
        row.getKey().toStringUtf8(),
        cell.getTimestamp() / MICROS_PER_VERSION,
        cell.getValue().toStringUtf8());
  }
}
