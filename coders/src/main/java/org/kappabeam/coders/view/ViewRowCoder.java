package org.kappabeam.coders.view;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * Key, evidence, withdrawn, then each value behind a one-byte type tag: rows describe themselves.
 */
public final class ViewRowCoder extends CompactCoder<ViewRow> {
  private static final ViewRowCoder INSTANCE = new ViewRowCoder();

  private static final int NULL = 0;
  private static final int LONG = 1;
  private static final int DOUBLE = 2;
  private static final int FALSE = 3;
  private static final int TRUE = 4;
  private static final int TEXT = 5;
  private static final int DECIMAL = 6;
  private static final int BYTES = 7;

  private ViewRowCoder() {}

  public static ViewRowCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(ViewRow row, ByteWriter out) {
    out.writeString(row.key());
    out.writeVarLong(row.evidence());
    writeContent(row, out);
  }

  static void writeContent(ViewRow row, ByteWriter out) {
    int n = row.values().size();
    out.writeVarLong(((long) n << 1) | (row.withdrawn() ? 1 : 0));
    for (int i = 0; i < n; i++) {
      writeValue(row.value(i), out);
    }
  }

  private static void writeValue(@Nullable Object value, ByteWriter out) {
    if (value == null) {
      out.write(NULL);
    } else if (value instanceof Long number) {
      out.write(LONG);
      out.writeSignedVarLong(number);
    } else if (value instanceof Double number) {
      out.write(DOUBLE);
      out.writeFixedLong(Double.doubleToLongBits(number));
    } else if (value instanceof Boolean flag) {
      out.write(flag ? TRUE : FALSE);
    } else if (value instanceof String text) {
      out.write(TEXT);
      out.writeString(text);
    } else if (value instanceof BigDecimal decimal) {
      out.write(DECIMAL);
      out.writeSignedVarLong(decimal.scale());
      out.writeBytes(decimal.unscaledValue().toByteArray());
    } else if (value instanceof byte[] bytes) {
      out.write(BYTES);
      out.writeBytes(bytes);
    } else {
      throw new IllegalArgumentException("no view column holds a " + value.getClass().getName());
    }
  }

  @Override
  public ViewRow read(ByteReader in) throws IOException {
    String key = in.readString();
    long evidence = in.readVarLong();
    int header = in.readVarInt();
    @Nullable Object[] values = new Object[header >>> 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = readValue(in);
    }
    return (header & 1) == 1
        ? ViewRow.withdrawn(key, evidence, values)
        : ViewRow.of(key, evidence, values);
  }

  private static @Nullable Object readValue(ByteReader in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case LONG -> in.readSignedVarLong();
      case DOUBLE -> Double.longBitsToDouble(in.readFixedLong());
      case FALSE -> false;
      case TRUE -> true;
      case TEXT -> in.readString();
      case DECIMAL -> {
        int scale = Math.toIntExact(in.readSignedVarLong());
        yield new BigDecimal(new BigInteger(in.readBytes()), scale);
      }
      case BYTES -> in.readBytes();
      default -> throw new IOException("unknown value tag " + tag);
    };
  }
}
