package org.kappabeam.transforms.bigquery;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.util.Data;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.DataFormatOptions;
import com.google.api.services.bigquery.model.GetQueryResultsResponse;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.QueryParameterType;
import com.google.api.services.bigquery.model.QueryParameterValue;
import com.google.api.services.bigquery.model.QueryRequest;
import com.google.api.services.bigquery.model.QueryResponse;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableCell;
import com.google.api.services.bigquery.model.TableList;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.view.KeyRange;

/** The service's REST interface. */
final class RestTables implements BigQueryTables {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;

  private static final long PAGE = 10_000;

  /** How long the service waits for a query to end before it says that it has not. */
  private static final long WAIT_MILLIS = 60_000;

  private final Bigquery client;

  RestTables(Bigquery client) {
    this.client = client;
  }

  @Override
  public @Nullable Table get(TableReference reference) throws IOException {
    try {
      return client
          .tables()
          .get(reference.getProjectId(), reference.getDatasetId(), reference.getTableId())
          .execute();
    } catch (GoogleJsonResponseException e) {
      return absent(e, NOT_FOUND);
    }
  }

  @Override
  public boolean create(Table table) throws IOException {
    TableReference reference = table.getTableReference();
    try {
      client.tables().insert(reference.getProjectId(), reference.getDatasetId(), table).execute();
      return true;
    } catch (GoogleJsonResponseException e) {
      return absent(e, CONFLICT) != null;
    }
  }

  @Override
  public boolean update(TableReference reference, String etag, Table changes) throws IOException {
    try {
      Bigquery.Tables.Patch patch =
          client
              .tables()
              .patch(
                  reference.getProjectId(),
                  reference.getDatasetId(),
                  reference.getTableId(),
                  changes);
      patch.getRequestHeaders().setIfMatch(etag);
      patch.execute();
      return true;
    } catch (GoogleJsonResponseException e) {
      return absent(e, PRECONDITION_FAILED) != null;
    }
  }

  @Override
  public void delete(TableReference reference) throws IOException {
    try {
      client
          .tables()
          .delete(reference.getProjectId(), reference.getDatasetId(), reference.getTableId())
          .execute();
    } catch (GoogleJsonResponseException e) {
      absent(e, NOT_FOUND);
    }
  }

  /** Null if that is what the service answered. */
  private static @Nullable Table absent(GoogleJsonResponseException e, int status)
      throws GoogleJsonResponseException {
    if (e.getStatusCode() != status) {
      throw e;
    }
    return null;
  }

  @Override
  public List<String> names(String project, String dataset) throws IOException {
    List<String> names = new ArrayList<>();
    String page = null;
    do {
      TableList list = client.tables().list(project, dataset).setPageToken(page).execute();
      if (list.getTables() != null) {
        list.getTables().forEach(table -> names.add(table.getTableReference().getTableId()));
      }
      page = list.getNextPageToken();
    } while (page != null);
    return names;
  }

  @Override
  public void select(
      TableReference table,
      List<String> columns,
      KeyRange range,
      boolean includeWithdrawn,
      Consumer<List<@Nullable String>> consumer)
      throws IOException {
    String key = "`" + columns.get(0) + "`";
    List<String> conditions = new ArrayList<>();
    Map<String, String> parameters = new LinkedHashMap<>();
    if (range.from() != null) {
      conditions.add(key + " >= @from");
      parameters.put("from", range.from());
    }
    if (range.until() != null) {
      conditions.add(key + " < @until");
      parameters.put("until", range.until());
    }
    if (!includeWithdrawn) {
      conditions.add("NOT " + TableColumns.WITHDRAWN);
    }
    query(
        table,
        "SELECT "
            + columns.stream().collect(Collectors.joining("`, `", "`", "`"))
            + " FROM "
            + name(table)
            + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
            + " ORDER BY "
            + key,
        parameters,
        consumer);
  }

  @Override
  public long count(TableReference table) throws IOException {
    List<@Nullable String> found = new ArrayList<>();
    query(
        table,
        "SELECT COUNT(*) FROM " + name(table) + " WHERE NOT " + TableColumns.WITHDRAWN,
        Map.of(),
        found::addAll);
    return Long.parseLong(found.get(0));
  }

  @Override
  public List<String> quantiles(TableReference table, String keyColumn, int n) throws IOException {
    List<@Nullable String> found = new ArrayList<>();
    query(
        table,
        "SELECT cut FROM UNNEST((SELECT APPROX_QUANTILES(`%s`, %d) FROM %s)) AS cut WITH OFFSET AS at ORDER BY at"
            .formatted(keyColumn, n, name(table)),
        Map.of(),
        found::addAll);
    return found.stream().map(String::valueOf).toList();
  }

  /** As it stands in a query. */
  static String name(TableReference table) {
    return "`%s.%s.%s`".formatted(table.getProjectId(), table.getDatasetId(), table.getTableId());
  }

  private void query(
      TableReference table,
      String sql,
      Map<String, String> parameters,
      Consumer<List<@Nullable String>> consumer)
      throws IOException {
    String project = table.getProjectId();
    QueryResponse first =
        client
            .jobs()
            .query(
                project,
                new QueryRequest()
                    .setQuery(sql)
                    .setUseLegacySql(false)
                    .setParameterMode("NAMED")
                    .setQueryParameters(
                        parameters.entrySet().stream()
                            .map(p -> text(p.getKey(), p.getValue()))
                            .toList())
                    .setFormatOptions(new DataFormatOptions().setUseInt64Timestamp(true))
                    .setMaxResults(PAGE)
                    .setTimeoutMs(WAIT_MILLIS))
            .execute();
    JobReference job = first.getJobReference();
    boolean complete = first.getJobComplete();
    String page = first.getPageToken();
    give(complete ? first.getRows() : null, consumer);
    while (!complete || page != null) {
      GetQueryResultsResponse next =
          client
              .jobs()
              .getQueryResults(project, job.getJobId())
              .setLocation(job.getLocation())
              .setFormatOptionsUseInt64Timestamp(true)
              .setMaxResults(PAGE)
              .setTimeoutMs(WAIT_MILLIS)
              .setPageToken(page)
              .execute();
      complete = next.getJobComplete();
      page = next.getPageToken();
      give(complete ? next.getRows() : null, consumer);
    }
  }

  private static QueryParameter text(String name, String value) {
    return new QueryParameter()
        .setName(name)
        .setParameterType(new QueryParameterType().setType("STRING"))
        .setParameterValue(new QueryParameterValue().setValue(value));
  }

  private static void give(
      @Nullable List<TableRow> rows, Consumer<List<@Nullable String>> consumer) {
    if (rows == null) {
      return;
    }
    for (TableRow row : rows) {
      List<@Nullable String> cells = new ArrayList<>();
      for (Map<?, ?> cell : cells(row)) {
        Object value = cell.get("v");
        cells.add(value == null || Data.isNull(value) ? null : value.toString());
      }
      consumer.accept(cells);
    }
  }

  /** The client's cells are maps; it does not say so in its types everywhere. */
  private static List<? extends Map<?, ?>> cells(TableRow row) {
    List<TableCell> cells = row.getF();
    return cells;
  }
}
