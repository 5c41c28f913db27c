package org.kappabeam.transforms.view;

import java.math.BigDecimal;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;

/**
 * What all stores agree on about values: the form they come back in, and the order of keys.
 *
 * <p>The canonical form is the value itself, except at two edges that not every store can hold:
 *
 * <ul>
 *   <li>a TIMESTAMP before 4713 BC, where PostgreSQL's calendar begins, is the beginning of time
 *       ({@code Long.MIN_VALUE});
 *   <li>a DECIMAL with a negative scale has scale 0: 1E+3 is 1000.
 * </ul>
 */
public final class ViewValues {
  /** 4713-01-01 BC, where the calendar of PostgreSQL and its driver begins. */
  public static final long FIRST_TIMESTAMP = -210_863_520_000_000_000L;

  /** The limits of PostgreSQL's NUMERIC. */
  private static final int MAX_SCALE = 16_383;

  private static final int MAX_INTEGER_DIGITS = 131_072;

  private ViewValues() {}

  /**
   * The value as every store gives it back.
   *
   * @throws KappaException if the value is not of the column's type, or is a decimal of more than
   *     131,072 digits before or 16,383 behind the point
   */
  public static @Nullable Object canonical(Column column, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    ColumnType type = column.type();
    if (!type.javaType().isInstance(value)) {
      throw new KappaException(
          "column " + column.name() + " holds " + type + ", not " + value.getClass().getName(),
          "build rows with values in the order of the view's schema");
    }
    return switch (type) {
      case TIMESTAMP -> canonicalTimestamp((Long) value);
      case DECIMAL -> canonicalDecimal(column, (BigDecimal) value);
      case LONG, DOUBLE, BOOLEAN, TEXT, BYTES -> value;
      case TEXT_LIST -> list(column, (List<?>) value, String.class);
      case LONG_LIST -> list(column, (List<?>) value, Long.class);
    };
  }

  private static List<?> list(Column column, List<?> list, Class<?> element) {
    for (Object item : list) {
      if (!element.isInstance(item)) {
        throw new KappaException(
            "column "
                + column.name()
                + " holds "
                + column.type()
                + ", an element is "
                + (item == null ? "null" : item.getClass().getName()),
            "build lists of elements of that type, none of them null");
      }
    }
    return list;
  }

  private static long canonicalTimestamp(long micros) {
    return micros < FIRST_TIMESTAMP ? Long.MIN_VALUE : micros;
  }

  private static BigDecimal canonicalDecimal(Column column, BigDecimal value) {
    if (value.scale() > MAX_SCALE
        || (long) value.precision() - value.scale() > MAX_INTEGER_DIGITS) {
      throw new KappaException(
          "column " + column.name() + " cannot hold a decimal of that size",
          "refuse such values with a quality rule of the event type");
    }
    return value.scale() < 0 ? value.setScale(0) : value;
  }

  /** The order of the keys' UTF-8 bytes, which is the order of their code points. */
  public static int compareKeys(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // In UTF-16 surrogates sort before U+E000..U+FFFF; as code points they come after.
        boolean bothHigh = x >= Character.MIN_SURROGATE && y >= Character.MIN_SURROGATE;
        if (bothHigh && Character.isSurrogate(x) != Character.isSurrogate(y)) {
          return Character.isSurrogate(x) ? 1 : -1;
        }
        return Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
