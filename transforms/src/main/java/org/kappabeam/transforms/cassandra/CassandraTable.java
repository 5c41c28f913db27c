package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewValues;

/**
 * The table of one view in one generation as it is in the cluster: its buckets, the fields of its
 * row type, and its statements.
 */
final class CassandraTable {
  static final String BUCKET = "bucket";
  static final String DATA = "data";
  static final String FINGERPRINT = "fingerprint";
  static final String WITHDRAWN = "withdrawn";

  /** What Cassandra allows for a clustering column. */
  private static final int MAX_KEY_BYTES = 65_535;

  private final ViewSchema schema;
  private final String table;
  private final int buckets;

  /** For each field of the row type behind the bookkeeping, its column in the schema, or -1. */
  private final int[] columns;

  /**
   * Describes a table.
   *
   * @param fields the names of the row type's fields in order, bookkeeping first
   */
  CassandraTable(ViewSchema schema, String table, int buckets, List<String> fields) {
    this.schema = schema;
    this.table = table;
    this.buckets = buckets;
    List<String> names = schema.columns().stream().map(Column::name).toList();
    this.columns = fields.stream().skip(2).mapToInt(names::indexOf).toArray();
  }

  static String quote(String identifier) {
    return '"' + identifier + '"';
  }

  /** The user type that holds a row. */
  static String typeOf(String table) {
    return table + "_row";
  }

  static String createType(String table, ViewSchema schema) {
    List<String> fields = new ArrayList<>();
    fields.add(FINGERPRINT + " bigint");
    fields.add(WITHDRAWN + " boolean");
    for (Column column : schema.columns()) {
      fields.add(field(column));
    }
    return "CREATE TYPE IF NOT EXISTS %s (%s)"
        .formatted(quote(typeOf(table)), String.join(", ", fields));
  }

  static String addField(String table, Column column) {
    return "ALTER TYPE %s ADD %s".formatted(quote(typeOf(table)), field(column));
  }

  private static String field(Column column) {
    return quote(column.name()) + " " + CellType.declared(column.type());
  }

  static String createTable(String table, ViewSchema schema, String comment) {
    String key = quote(schema.keyColumn());
    return """
        CREATE TABLE IF NOT EXISTS %s (%s int, %s text, %s frozen<%s>, PRIMARY KEY ((%s), %s)) \
        WITH comment = '%s'"""
        .formatted(quote(table), BUCKET, key, DATA, quote(typeOf(table)), BUCKET, key, comment);
  }

  ViewSchema schema() {
    return schema;
  }

  int buckets() {
    return buckets;
  }

  /** Where a key is. */
  int bucket(String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % buckets);
  }

  /** Parameters: bucket, key, data, timestamp. */
  String insert() {
    return "INSERT INTO %s (%s, %s, %s) VALUES (?, ?, ?) USING TIMESTAMP ?"
        .formatted(quote(table), BUCKET, quote(schema.keyColumn()), DATA);
  }

  /**
   * Result: key, columns, withdrawn, evidence. Parameters: bucket, then the ends of the range that
   * are there.
   */
  String scan(KeyRange range) {
    List<String> selected = new ArrayList<>();
    selected.add(quote(schema.keyColumn()));
    for (Column column : schema.columns()) {
      selected.add(DATA + "." + quote(column.name()));
    }
    selected.add(DATA + "." + WITHDRAWN);
    selected.add("writetime(" + DATA + ")");
    String key = quote(schema.keyColumn());
    return select(String.join(", ", selected))
        + (range.from() == null ? "" : " AND " + key + " >= ?")
        + (range.until() == null ? "" : " AND " + key + " < ?");
  }

  /** Result: withdrawn. Parameter: bucket. */
  String flags() {
    return select(DATA + "." + WITHDRAWN);
  }

  /** Result: key. Parameter: bucket. */
  String keys() {
    return select(quote(schema.keyColumn()));
  }

  private String select(String what) {
    return "SELECT %s FROM %s WHERE %s = ?".formatted(what, quote(table), BUCKET);
  }

  /**
   * The bytes of a row's one cell.
   *
   * @throws KappaException if the row does not fit the schema
   */
  ByteBuffer encode(ViewRow row) {
    int given = row.columns();
    if (given != schema.columns().size()) {
      throw new KappaException(
          "a row of view "
              + schema.name()
              + " has "
              + given
              + " values for "
              + schema.columns().size(),
          "build rows with values in the order of the view's schema");
    }
    if (row.key().getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      throw new KappaException(
          "a key of view " + schema.name() + " is longer than Cassandra's limit, 65,535 bytes",
          "refuse such keys with a quality rule of the event type");
    }
    @Nullable Object[] canonical = new Object[given];
    for (int i = 0; i < given; i++) {
      canonical[i] = ViewValues.canonical(schema.columns().get(i), row.value(i));
    }
    List<@Nullable ByteBuffer> fields = new ArrayList<>();
    // With the sign bit turned, larger numbers have larger bytes.
    fields.add(CellType.encode(ColumnType.LONG, row.fingerprint() ^ Long.MIN_VALUE));
    fields.add(TypeCodecs.BOOLEAN.encode(row.withdrawn(), ProtocolVersion.DEFAULT));
    for (int column : columns) {
      fields.add(
          column < 0
              ? null
              : CellType.encode(schema.columns().get(column).type(), canonical[column]));
    }
    return concatenate(fields);
  }

  /** A user type's value: each field behind its length, -1 for null. */
  private static ByteBuffer concatenate(List<@Nullable ByteBuffer> fields) {
    int size = 0;
    for (ByteBuffer field : fields) {
      size += Integer.BYTES + (field == null ? 0 : field.remaining());
    }
    ByteBuffer value = ByteBuffer.allocate(size);
    for (ByteBuffer field : fields) {
      value.putInt(field == null ? -1 : field.remaining());
      if (field != null) {
        value.put(field);
      }
    }
    return value.flip();
  }
}
