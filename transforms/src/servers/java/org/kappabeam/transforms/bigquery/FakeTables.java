package org.kappabeam.transforms.bigquery;

import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.json.JsonFactory;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
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
          FakeBigQuery.changes(reference).clear();
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
    for (Map<String, String> row : rows(table)) {
      String here = row.get(columns.get(0));
      if ((range.from() == null || ViewValues.compareKeys(here, range.from()) >= 0)
          && (range.until() == null || ViewValues.compareKeys(here, range.until()) < 0)
          && (includeWithdrawn || !isWithdrawn(row))) {
        List<@Nullable String> cells = new ArrayList<>();
        columns.forEach(column -> cells.add(row.get(column)));
        consumer.accept(cells);
      }
    }
  }

  @Override
  public long count(TableReference table) throws IOException {
    return rows(table).stream().filter(row -> !isWithdrawn(row)).count();
  }

  @Override
  public List<String> quantiles(TableReference table, String keyColumn, int n) throws IOException {
    List<Map<String, String>> rows = rows(table);
    List<String> quantiles = new ArrayList<>();
    for (int i = 0; i <= n && !rows.isEmpty(); i++) {
      int at = (int) Math.min(rows.size() - 1L, (long) i * rows.size() / n);
      quantiles.add(rows.get(at).get(keyColumn));
    }
    return quantiles;
  }

  private static boolean isWithdrawn(Map<String, String> row) {
    return Boolean.parseBoolean(row.get(TableColumns.WITHDRAWN));
  }

  /** Rows in the order of their keys, each as text by column; Beam's fake has to have the same. */
  private List<Map<String, String>> rows(TableReference table) throws IOException {
    return locked(
        () -> {
          if (fake.getTable(table) == null) {
            throw notFound(table);
          }
          Map<String, FakeBigQuery.Change> rows = FakeBigQuery.changes(table);
          int held =
              fake.getAllRows(table.getProjectId(), table.getDatasetId(), table.getTableId())
                  .size();
          if (held != rows.size()) {
            throw new IllegalStateException(held + " rows, not " + rows.size());
          }
          return rows.entrySet().stream()
              .sorted(Map.Entry.comparingByKey(ViewValues::compareKeys))
              .map(entry -> text(entry.getValue().row()))
              .toList();
        });
  }

  private static Map<String, String> text(DynamicMessage row) {
    Map<String, String> cells = new HashMap<>();
    row.getAllFields()
        .forEach(
            (field, value) ->
                cells.put(
                    field.getName(),
                    value instanceof ByteString bytes
                        ? Base64.getEncoder().encodeToString(bytes.toByteArray())
                        : value.toString()));
    return cells;
  }

  private static IOException notFound(TableReference reference) {
    return new HttpResponseException.Builder(404, "Not found: " + reference, new HttpHeaders())
        .build();
  }
}
