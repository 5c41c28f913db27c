package org.kappabeam.transforms.jdbc;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.view.ColumnType;

/**
 * How PostgreSQL holds our types: each in the native type people expect. A TIMESTAMP before
 * PostgreSQL's calendar is {@code -infinity}.
 */
final class PostgresTypes implements JdbcViewStore.Types {
  private static final long MICROS = 1_000_000;

  @Override
  public String key() {
    return "TEXT COLLATE \"C\"";
  }

  @Override
  public String of(ColumnType type) {
    return switch (type) {
      case LONG -> "BIGINT";
      case DOUBLE -> "DOUBLE PRECISION";
      case BOOLEAN -> "BOOLEAN";
      case TEXT -> "TEXT";
      case TIMESTAMP -> "TIMESTAMPTZ";
      case DECIMAL -> "NUMERIC";
      case BYTES -> "BYTEA";
      case TEXT_LIST -> "TEXT[]";
      case LONG_LIST -> "BIGINT[]";
    };
  }

  @Override
  public String shown(ColumnType type, String column) {
    return column;
  }

  @Override
  public void bind(PreparedStatement statement, int index, ColumnType type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      // The type of a parameter must not change from row to row, or the server plans anew.
      if (isList(type)) {
        statement.setNull(index, Types.ARRAY, '_' + elementType(type));
      } else {
        statement.setNull(index, jdbcType(type));
      }
    } else if (value instanceof List<?> list) {
      Object[] elements =
          list.stream()
              .map(item -> item instanceof String s ? StoredText.escape(s) : item)
              .toArray();
      statement.setArray(
          index, statement.getConnection().createArrayOf(elementType(type), elements));
    } else if (type == ColumnType.TIMESTAMP) {
      statement.setObject(index, toDateTime((Long) value));
    } else {
      JdbcViewStore.bindPlain(statement, index, type, value);
    }
  }

  private static boolean isList(ColumnType type) {
    return type == ColumnType.TEXT_LIST || type == ColumnType.LONG_LIST;
  }

  /** The server's own name of what a list holds. */
  private static String elementType(ColumnType type) {
    return type == ColumnType.TEXT_LIST ? "text" : "int8";
  }

  private static int jdbcType(ColumnType type) {
    return switch (type) {
      case LONG -> Types.BIGINT;
      case DOUBLE -> Types.DOUBLE;
      case BOOLEAN -> Types.BOOLEAN;
      case TEXT -> Types.VARCHAR;
      case TIMESTAMP -> Types.TIMESTAMP_WITH_TIMEZONE;
      case DECIMAL -> Types.NUMERIC;
      case BYTES -> Types.BINARY;
      case TEXT_LIST, LONG_LIST -> Types.ARRAY;
    };
  }

  @Override
  public @Nullable Object read(ResultSet row, int index, ColumnType type) throws SQLException {
    if (type == ColumnType.TIMESTAMP) {
      OffsetDateTime time = row.getObject(index, OffsetDateTime.class);
      return time == null ? null : toMicros(time);
    }
    if (isList(type)) {
      Array array = row.getArray(index);
      return array == null ? null : toList((Object[]) array.getArray());
    }
    return JdbcViewStore.readPlain(row, index, type);
  }

  private static List<Object> toList(Object[] elements) {
    return Arrays.stream(elements)
        .map(item -> item instanceof String s ? StoredText.unescape(s) : item)
        .toList();
  }

  private static OffsetDateTime toDateTime(long micros) {
    if (micros == Long.MIN_VALUE) {
      return OffsetDateTime.MIN;
    }
    return Instant.ofEpochSecond(
            Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000)
        .atOffset(ZoneOffset.UTC);
  }

  private static long toMicros(OffsetDateTime time) {
    if (time.equals(OffsetDateTime.MIN)) {
      return Long.MIN_VALUE;
    }
    return Math.addExact(
        Math.multiplyExact(time.toEpochSecond(), MICROS), (long) time.getNano() / 1_000);
  }
}
