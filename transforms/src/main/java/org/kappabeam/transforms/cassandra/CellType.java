package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.view.ColumnType;

/**
 * How Cassandra holds our types: each in the native type people expect, except TIMESTAMP, which is
 * {@code bigint} microseconds: Cassandra's own {@code timestamp} has only milliseconds.
 */
final class CellType {
  private static final TypeCodec<List<String>> TEXTS = TypeCodecs.listOf(TypeCodecs.TEXT);
  private static final TypeCodec<List<Long>> LONGS = TypeCodecs.listOf(TypeCodecs.BIGINT);

  private CellType() {}

  /** The declared type of a field. */
  static String declared(ColumnType type) {
    return switch (type) {
      case LONG, TIMESTAMP -> "bigint";
      case DOUBLE -> "double";
      case BOOLEAN -> "boolean";
      case TEXT -> "text";
      case DECIMAL -> "decimal";
      case BYTES -> "blob";
      case TEXT_LIST -> "frozen<list<text>>";
      case LONG_LIST -> "frozen<list<bigint>>";
    };
  }

  /** The bytes of a field, or null. */
  static @Nullable ByteBuffer encode(ColumnType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    ProtocolVersion version = ProtocolVersion.DEFAULT;
    return switch (type) {
      case LONG, TIMESTAMP -> TypeCodecs.BIGINT.encode((Long) value, version);
      case DOUBLE -> TypeCodecs.DOUBLE.encode((Double) value, version);
      case BOOLEAN -> TypeCodecs.BOOLEAN.encode((Boolean) value, version);
      case TEXT -> TypeCodecs.TEXT.encode((String) value, version);
      case DECIMAL -> TypeCodecs.DECIMAL.encode((BigDecimal) value, version);
      case BYTES -> ByteBuffer.wrap((byte[]) value);
      case TEXT_LIST -> TEXTS.encode(elements(value, String.class), version);
      case LONG_LIST -> LONGS.encode(elements(value, Long.class), version);
    };
  }

  private static <T> List<T> elements(Object list, Class<T> type) {
    return ((List<?>) list).stream().map(type::cast).toList();
  }

  static @Nullable Object read(Row row, int index, ColumnType type) {
    if (row.isNull(index)) {
      return null;
    }
    if (type == ColumnType.BYTES) {
      ByteBuffer bytes = row.getByteBuffer(index);
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    }
    return row.get(index, codec(type));
  }

  private static TypeCodec<?> codec(ColumnType type) {
    return switch (type) {
      case LONG, TIMESTAMP -> TypeCodecs.BIGINT;
      case DOUBLE -> TypeCodecs.DOUBLE;
      case BOOLEAN -> TypeCodecs.BOOLEAN;
      case TEXT -> TypeCodecs.TEXT;
      case DECIMAL -> TypeCodecs.DECIMAL;
      case BYTES -> TypeCodecs.BLOB;
      case TEXT_LIST -> TEXTS;
      case LONG_LIST -> LONGS;
    };
  }
}
