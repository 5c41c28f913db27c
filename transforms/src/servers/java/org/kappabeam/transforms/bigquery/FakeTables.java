package org.kappabeam.transforms.bigquery;

import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.json.JsonFactory;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewValues;

/** Definitions and queries on what Beam's fake of BigQuery holds. */
final class FakeTables implements BigQueryTables {
  private static final Map<String, Set<String>> NAMES = new HashMap<>();

  private final FakeDatasetService fake = new FakeDatasetService();

  /** Something asked of the fake. */
  private interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  private static <T> T locked(Work<T> work) throws IOException {
    synchronized (FakeBigQuery.LOCK) {
      try {
        return work.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public @Nullable Table get(TableReference reference) throws IOException {
    return locked(
        () -> {
          Table table = fake.getTable(reference);
          return table == null ? null : copy(table);
        });
  }

  /** As it would come over the wire. */
  private static Table copy(Table table) throws IOException {
    JsonFactory json = Transport.getJsonFactory();
    return json.fromString(json.toString(table), Table.class);
  }

  @Override
  public boolean create(Table table) throws IOException {
    TableReference reference = table.getTableReference();
    return locked(
        () -> {
          if (fake.getTable(reference) != null) {
            return false;
          }
          fake.createTable(copy(table).setEtag("1"));
          if (table.getTableConstraints() != null) {
            fake.setPrimaryKey(reference, table.getTableConstraints().getPrimaryKey().getColumns());
          }
          names(reference.getDatasetId()).add(reference.getTableId());
          FakeBigQuery.forget(
              reference.getProjectId(), reference.getDatasetId(), reference.getTableId());
          return true;
        });
  }

  @Override
  public boolean update(TableReference reference, String etag, Table changes) throws IOException {
    return locked(
        () -> {
          Table table = fake.getTable(reference);
          if (table == null) {
            throw notFound(reference);
          }
          if (!table.getEtag().equals(etag)) {
            return false;
          }
          if (changes.getSchema() != null) {
            fake.updateTableSchema(reference, changes.getSchema());
          }
          if (changes.getView() != null) {
            table.setView(changes.getView());
          }
          if (changes.getLabels() != null) {
            table.setLabels(changes.getLabels());
          }
          table.setEtag(Integer.toString(Integer.parseInt(etag) + 1));
          return true;
        });
  }

  @Override
  public void delete(TableReference reference) throws IOException {
    locked(
        () -> {
          fake.deleteTable(reference);
          return names(reference.getDatasetId()).remove(reference.getTableId());
        });
  }

  @Override
  public List<String> names(String project, String dataset) throws IOException {
    return locked(() -> new ArrayList<>(names(dataset)));
  }

  private static Set<String> names(String dataset) {
    return NAMES.computeIfAbsent(dataset, name -> new HashSet<>());
  }

  @Override
  public void select(
      TableReference table,
      List<String> columns,
      KeyRange range,
      boolean includeWithdrawn,
      Consumer<List<@Nullable String>> consumer)
      throws IOException {
    String key = columns.get(0);
    for (TableRow row : rows(table, key)) {
      String here = (String) row.get(key);
      if ((range.from() == null || ViewValues.compareKeys(here, range.from()) >= 0)
          && (range.until() == null || ViewValues.compareKeys(here, range.until()) < 0)
          && (includeWithdrawn || !isWithdrawn(row))) {
        List<@Nullable String> cells = new ArrayList<>();
        columns.forEach(column -> cells.add(text(row.get(column))));
        consumer.accept(cells);
      }
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  @Override
  public long count(TableReference table) throws IOException {
    return rows(table, null).stream().filter(row -> !isWithdrawn(row)).count();
  }

  @Override
  public List<String> quantiles(TableReference table, String keyColumn, int n) throws IOException {
    List<TableRow> rows = rows(table, keyColumn);
    List<String> quantiles = new ArrayList<>();
    for (int i = 0; i <= n && !rows.isEmpty(); i++) {
      int at = (int) Math.min(rows.size() - 1L, (long) i * rows.size() / n);
      quantiles.add((String) rows.get(at).get(keyColumn));
    }
    return quantiles;
  }

  private static boolean isWithdrawn(TableRow row) {
    return Boolean.parseBoolean(String.valueOf(row.get(TableColumns.WITHDRAWN)));
  }

  private List<TableRow> rows(TableReference table, @Nullable String sortedBy) throws IOException {
    List<TableRow> rows =
        locked(
            () -> {
              if (fake.getTable(table) == null) {
                throw notFound(table);
              }
              return new ArrayList<>(
                  fake.getAllRows(table.getProjectId(), table.getDatasetId(), table.getTableId()));
            });
    if (sortedBy != null) {
      rows.sort(Comparator.comparing(row -> (String) row.get(sortedBy), ViewValues::compareKeys));
    }
    return rows;
  }

  private static IOException notFound(TableReference reference) {
    return new HttpResponseException.Builder(404, "Not found: " + reference, new HttpHeaders())
        .build();
  }
}
