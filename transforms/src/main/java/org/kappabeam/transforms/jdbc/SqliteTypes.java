package org.kappabeam.transforms.jdbc;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.view.ColumnType;

/**
 * How SQLite holds our types, exactly:
 *
 * <ul>
 *   <li>DOUBLE in a column without declared type, since REAL would lose the sign of −0.0; NaN,
 *       which SQLite turns into NULL, as the text {@code NaN} (greater than every number, as in
 *       PostgreSQL);
 *   <li>TIMESTAMP as INTEGER microseconds; the pointer shows {@code 2018-04-01 00:00:31.000000}
 *       (UTC), which sorts, compares and works in SQLite's date functions;
 *   <li>DECIMAL as TEXT in Java's notation; BOOLEAN as 0 and 1;
 *   <li>lists as JSON text, for {@code json_each}.
 * </ul>
 */
final class SqliteTypes implements JdbcViewStore.Types {
  private static final String NAN = "NaN";

  @Override
  public String key() {
    return "TEXT";
  }

  @Override
  public String of(ColumnType type) {
    return switch (type) {
      case LONG, TIMESTAMP -> "INTEGER";
      case DOUBLE -> "";
      case BOOLEAN -> "BOOLEAN";
      case TEXT, DECIMAL, TEXT_LIST, LONG_LIST -> "TEXT";
      case BYTES -> "BLOB";
    };
  }

  @Override
  public String shown(ColumnType type, String column) {
    if (type != ColumnType.TIMESTAMP) {
      return column;
    }
    // SQLite's % keeps the sign; a time outside its calendar shows as the stored number.
    String micros = "(%1$s %% 1000000 + 1000000) %% 1000000".formatted(column);
    return "coalesce(datetime((%1$s - (%2$s)) / 1000000, 'unixepoch') || printf('.%%06d', %2$s), %1$s)"
        .formatted(column, micros);
  }

  @Override
  public void bind(PreparedStatement statement, int index, ColumnType type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof List<?> list) {
      statement.setString(index, JsonList.write(list));
    } else if (type == ColumnType.DECIMAL) {
      statement.setString(index, value.toString());
    } else if (value instanceof Double number && number.isNaN()) {
      statement.setString(index, NAN);
    } else {
      JdbcViewStore.bindPlain(statement, index, type, value);
    }
  }

  @Override
  public @Nullable Object read(ResultSet row, int index, ColumnType type) throws SQLException {
    return switch (type) {
      case DECIMAL -> {
        String text = row.getString(index);
        yield text == null ? null : new BigDecimal(text);
      }
      case DOUBLE -> {
        Object value = row.getObject(index);
        yield value == null ? null : value instanceof Number n ? n.doubleValue() : Double.NaN;
      }
      case BYTES -> {
        byte[] bytes = row.getBytes(index);
        // The driver gives null for an empty value as well.
        yield bytes == null && row.getObject(index) != null ? new byte[0] : bytes;
      }
      case TEXT_LIST, LONG_LIST -> {
        String json = row.getString(index);
        yield json == null ? null : JsonList.read(json);
      }
      default -> JdbcViewStore.readPlain(row, index, type);
    };
  }
}
