package org.kappabeam.transforms.bigtable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.primitives.Longs;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;

/** Values as bytes of a cell; the package says in which form. */
final class CellValues {
  private static final ObjectMapper JSON = new ObjectMapper();

  private CellValues() {}

  static ByteString encode(ColumnType type, Object value) {
    return switch (type) {
      case LONG, TIMESTAMP -> number((Long) value);
      case DOUBLE -> number(Double.doubleToRawLongBits((Double) value));
      case BOOLEAN -> ByteString.copyFrom(new byte[] {(byte) ((Boolean) value ? 1 : 0)});
      case TEXT -> ByteString.copyFromUtf8((String) value);
      case DECIMAL -> ByteString.copyFromUtf8(value.toString());
      case BYTES -> ByteString.copyFrom((byte[]) value);
      case TEXT_LIST, LONG_LIST -> json((List<?>) value);
    };
  }

  /**
   * @throws KappaException if the bytes are not of the column's type
   */
  static Object decode(Column column, ByteString bytes) {
    try {
      return switch (column.type()) {
        case LONG, TIMESTAMP -> number(bytes);
        case DOUBLE -> Double.longBitsToDouble(number(bytes));
        case BOOLEAN -> flag(bytes);
        case TEXT -> bytes.toStringUtf8();
        case DECIMAL -> new BigDecimal(bytes.toStringUtf8());
        case BYTES -> bytes.toByteArray();
        case TEXT_LIST -> List.of(JSON.readValue(bytes.toByteArray(), String[].class));
        case LONG_LIST -> List.of(JSON.readValue(bytes.toByteArray(), Long[].class));
      };
    } catch (IOException | RuntimeException e) {
      throw new KappaException(
          "a cell of column " + column.name() + " holds no " + column.type(),
          "see who else writes to this table, or which schema it was written with",
          e);
    }
  }

  static ByteString number(long value) {
    return ByteString.copyFrom(Longs.toByteArray(value));
  }

  static long number(ByteString bytes) {
    if (bytes.size() != Long.BYTES) {
      throw new IllegalArgumentException(bytes.size() + " bytes are no number");
    }
    return bytes.asReadOnlyByteBuffer().getLong();
  }

  private static boolean flag(ByteString bytes) {
    if (bytes.size() != 1) {
      throw new IllegalArgumentException(bytes.size() + " bytes are no flag");
    }
    return bytes.byteAt(0) != 0;
  }

  private static ByteString json(List<?> list) {
    try {
      return ByteString.copyFrom(JSON.writeValueAsBytes(list));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a list of a view holds numbers or text", e);
    }
  }
}
