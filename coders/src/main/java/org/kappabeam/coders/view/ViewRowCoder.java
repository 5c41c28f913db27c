package org.kappabeam.coders.view;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * Key, evidence, withdrawn, then each value behind a one-byte type tag: rows describe themselves. A
 * list is its length and its elements, each behind its own tag; an empty one has no element type.
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
  private static final int LIST = 8;

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
    int n = row.columns();
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
    } else if (value instanceof List<?> list) {
      out.write(LIST);
      out.writeVarLong(list.size());
      for (Object element : list) {
        writeElement(element, out);
      }
    } else {
      throw new IllegalArgumentException("no view column holds a " + value.getClass().getName());
    }
  }

  private static void writeElement(Object element, ByteWriter out) {
    if (!(element instanceof Long) && !(element instanceof String)) {
      throw new IllegalArgumentException(
          "no list in a view holds a " + (element == null ? "null" : element.getClass().getName()));
    }
    writeValue(element, out);
  }

  @Override
  public ViewRow read(ByteReader in) throws IOException {
    String key = in.readString();
    long evidence = in.readVarLong();
    int header = in.readVarInt();
    int n = header >>> 1;
    // A count is believed only as far as values follow it: damaged bytes must not cost memory.
    @Nullable Object[] values = new Object[Math.min(n, ByteReader.TRUSTED_COUNT)];
    for (int i = 0; i < n; i++) {
      if (i == values.length) {
        values = Arrays.copyOf(values, Math.min(n, 2 * values.length));
      }
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
        long scale = in.readSignedVarLong();
        byte[] unscaled = in.readBytes();
        if (scale != (int) scale || unscaled.length == 0) {
          throw new IOException("not a decimal");
        }
        yield new BigDecimal(new BigInteger(unscaled), (int) scale);
      }
      case BYTES -> in.readBytes();
      case LIST -> readList(in);
      default -> throw new IOException("unknown value tag " + tag);
    };
  }

  private static List<Object> readList(ByteReader in) throws IOException {
    int n = ByteReader.count(in.readVarLong());
    List<Object> list = new ArrayList<>(Math.min(n, ByteReader.TRUSTED_COUNT));
    for (int i = 0; i < n; i++) {
      int tag = in.readByte();
      list.add(
          switch (tag) {
            case LONG -> in.readSignedVarLong();
            case TEXT -> in.readString();
            default -> throw new IOException("unknown element tag " + tag);
          });
    }
    return Collections.unmodifiableList(list);
  }

  @Override
  public long getEncodedElementByteSize(ViewRow row) {
    int n = row.columns();
    long size =
        (long) ByteWriter.sizeOfString(row.key())
            + ByteWriter.sizeOfVarLong(row.evidence())
            + ByteWriter.sizeOfVarLong((long) n << 1);
    for (int i = 0; i < n; i++) {
      size += 1 + sizeOf(row.value(i));
    }
    return size;
  }

  private static long sizeOf(@Nullable Object value) {
    if (value instanceof Long number) {
      return ByteWriter.sizeOfSignedVarLong(number);
    } else if (value instanceof Double) {
      return Double.BYTES;
    } else if (value instanceof String text) {
      return ByteWriter.sizeOfString(text);
    } else if (value instanceof BigDecimal decimal) {
      int length = decimal.unscaledValue().bitLength() / 8 + 1;
      return (long) ByteWriter.sizeOfSignedVarLong(decimal.scale())
          + ByteWriter.sizeOfVarLong(length)
          + length;
    } else if (value instanceof byte[] bytes) {
      return ByteWriter.sizeOfBytes(bytes);
    } else if (value instanceof List<?> list) {
      long size = ByteWriter.sizeOfVarLong(list.size());
      for (Object element : list) {
        size += 1 + sizeOf(element);
      }
      return size;
    }
    return 0; // null and booleans are their tag
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(ViewRow row) {
    return true;
  }
}
