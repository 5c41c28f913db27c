package org.kappabeam.transforms.bigquery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewValues;

/** Rows of a view as rows of its table, and back; the package says how. */
final class TableColumns implements Serializable {
  static final String EVIDENCE = "evidence";
  static final String WITHDRAWN = "withdrawn";
  static final String FINGERPRINT = "fingerprint";

  private static final long serialVersionUID = 1;
  private static final Set<String> BOOKKEEPING = Set.of(EVIDENCE, WITHDRAWN, FINGERPRINT);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** 0001-01-01T00:00:00Z, in microseconds. */
  private static final long FIRST_TIMESTAMP = -62_135_596_800_000_000L;

  /** 9999-12-31T23:59:59.999999Z, in microseconds. */
  private static final long LAST_TIMESTAMP = 253_402_300_799_999_999L;

  private final ViewSchema schema;

  TableColumns(ViewSchema schema) {
    this.schema = schema;
  }

  TableSchema tableSchema() {
    List<TableFieldSchema> fields = new ArrayList<>();
    fields.add(field(schema.keyColumn(), "STRING", "REQUIRED"));
    for (Column column : schema.columns()) {
      fields.add(field(column.name(), type(column.type()), "NULLABLE"));
    }
    fields.add(field(EVIDENCE, "INT64", "REQUIRED"));
    fields.add(field(WITHDRAWN, "BOOL", "REQUIRED"));
    fields.add(field(FINGERPRINT, "INT64", "REQUIRED"));
    return new TableSchema().setFields(fields);
  }

  private static TableFieldSchema field(String name, String type, String mode) {
    return new TableFieldSchema().setName(name).setType(type).setMode(mode);
  }

  private static String type(ColumnType type) {
    return switch (type) {
      case LONG -> "INT64";
      case DOUBLE -> "FLOAT64";
      case BOOLEAN -> "BOOL";
      case TIMESTAMP -> "TIMESTAMP";
      case BYTES -> "BYTES";
      case TEXT, DECIMAL, TEXT_LIST, LONG_LIST -> "STRING";
    };
  }

  /** The column by whose days the table is partitioned. */
  Optional<String> firstTimestamp() {
    return schema.columns().stream()
        .filter(column -> column.type() == ColumnType.TIMESTAMP)
        .map(Column::name)
        .findFirst();
  }

  static boolean isBookkeeping(String column) {
    return BOOKKEEPING.contains(column);
  }

  /**
   * Why BigQuery cannot hold the row, if it cannot.
   *
   * @throws KappaException if the row does not fit the schema
   */
  Optional<String> refusal(ViewRow row) {
    List<Column> columns = schema.columns();
    if (row.columns() != columns.size()) {
      throw new KappaException(
          "a row of view "
              + schema.name()
              + " has "
              + row.columns()
              + " values for "
              + columns.size(),
          "build rows with values in the order of the view's schema");
    }
    Optional<String> refusal = Optional.empty();
    for (int i = 0; i < columns.size(); i++) {
      Object value = ViewValues.canonical(columns.get(i), row.value(i));
      if (columns.get(i).type() == ColumnType.TIMESTAMP
          && value != null
          && ((Long) value < FIRST_TIMESTAMP || (Long) value > LAST_TIMESTAMP)) {
        refusal =
            Optional.of(
                "column "
                    + columns.get(i).name()
                    + " is not in the years 1 to 9999: "
                    + value
                    + " microseconds since 1970");
      }
    }
    return refusal;
  }

  /** The row of the table; of a row that fits the schema. */
  TableRow tableRow(ViewRow row) {
    TableRow result = new TableRow().set(schema.keyColumn(), row.key());
    for (int i = 0; i < schema.columns().size(); i++) {
      Column column = schema.columns().get(i);
      Object value = ViewValues.canonical(column, row.value(i));
      if (value != null) {
        result.set(column.name(), encode(column.type(), value));
      }
    }
    return result
        .set(EVIDENCE, row.evidence())
        .set(WITHDRAWN, row.withdrawn())
        .set(FINGERPRINT, row.fingerprint());
  }

  private static Object encode(ColumnType type, Object value) {
    return switch (type) {
      case LONG, TIMESTAMP, DOUBLE, BOOLEAN, TEXT -> value;
      case DECIMAL -> value.toString();
      case BYTES -> Base64.getEncoder().encodeToString((byte[]) value);
      case TEXT_LIST, LONG_LIST -> json(value);
    };
  }

  /** What orders the versions of a row: evidence, then fingerprint, both without a sign. */
  static String changeSequence(ViewRow row) {
    return Long.toHexString(row.evidence())
        + "/"
        + Long.toHexString(row.fingerprint() ^ Long.MIN_VALUE);
  }

  /** A row of the table as JSON, for the dead letters. */
  static byte[] bytes(TableRow row) {
    try {
      return JSON.writeValueAsBytes(row);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a row of a table is numbers, flags and text", e);
    }
  }

  private static String json(Object list) {
    try {
      return JSON.writeValueAsString(list);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a list of a view holds numbers or text", e);
    }
  }

  /** What {@link #row} wants to be given, in that order. */
  List<String> selected() {
    List<String> columns = new ArrayList<>();
    columns.add(schema.keyColumn());
    schema.columns().forEach(column -> columns.add(column.name()));
    columns.add(EVIDENCE);
    columns.add(WITHDRAWN);
    return columns;
  }

  /**
   * @param cells as {@link BigQueryTables#select} gives them
   * @throws KappaException if they were not written by us
   */
  ViewRow row(List<@Nullable String> cells) {
    int n = schema.columns().size();
    @Nullable Object[] values = new Object[n];
    for (int i = 0; i < n; i++) {
      String cell = cells.get(i + 1);
      values[i] = cell == null ? null : decode(schema.columns().get(i), cell);
    }
    String key = cells.get(0);
    String evidence = cells.get(n + 1);
    if (key == null || evidence == null) {
      throw new KappaException(
          "a row of view " + schema.name() + " has no key or no evidence",
          "see who else writes to its table");
    }
    return Boolean.parseBoolean(cells.get(n + 2))
        ? ViewRow.withdrawn(key, Long.parseLong(evidence), values)
        : ViewRow.of(key, Long.parseLong(evidence), values);
  }

  private static Object decode(Column column, String cell) {
    try {
      return switch (column.type()) {
        case LONG, TIMESTAMP -> Long.valueOf(cell);
        case DOUBLE -> Double.valueOf(cell);
        case BOOLEAN -> Boolean.valueOf(cell);
        case TEXT -> cell;
        case DECIMAL -> new BigDecimal(cell);
        case BYTES -> Base64.getDecoder().decode(cell);
        case TEXT_LIST -> List.of(JSON.readValue(cell, String[].class));
        case LONG_LIST -> List.of(JSON.readValue(cell, Long[].class));
      };
    } catch (IOException | RuntimeException e) {
      throw new KappaException(
          "a cell of column " + column.name() + " holds no " + column.type(),
          "see who else writes to this table, or which schema it was written with",
          e);
    }
  }
}
