package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.view.KeyRange;

/**
 * Definitions of tables, and the queries a view store needs. Failures are those of Google's client:
 * an {@link com.google.api.client.http.HttpResponseException}, as such or as the cause, tells what
 * the service answered.
 */
interface BigQueryTables {

  /** The table or logical view, or null if there is none. */
  @Nullable Table get(TableReference reference) throws IOException;

  /** Creates a table or logical view; false if there is one of that name. */
  boolean create(Table table) throws IOException;

  /**
   * Replaces what {@code changes} has of the table's definition, unless it is no longer the one
   * with this etag; then false.
   */
  boolean update(TableReference reference, String etag, Table changes) throws IOException;

  /** Removes a table, if it is there. */
  void delete(TableReference reference) throws IOException;

  /** The names of all tables and logical views of a dataset. */
  List<String> names(String project, String dataset) throws IOException;

  /**
   * Reads rows in the order of the key.
   *
   * @param columns the key first
   * @param consumer is given the values of the columns, in the service's text form; null is NULL
   */
  void select(
      TableReference table,
      List<String> columns,
      KeyRange range,
      boolean includeWithdrawn,
      Consumer<List<@Nullable String>> consumer)
      throws IOException;

  /** How many rows are not withdrawn. */
  long count(TableReference table) throws IOException;

  /**
   * The least key, {@code n - 1} that cut all keys into parts of about the same size, and the
   * greatest; nothing of an empty table. Some may be equal.
   */
  List<String> quantiles(TableReference table, String keyColumn, int n) throws IOException;
}
