package org.kappabeam.benchmarks;

import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.view.ViewRow;

/** A 64-bit hash over a row's business columns, cheap enough not to be what is measured. */
public final class RowHash {
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private RowHash() {}

  public static long of(ViewRow row) {
    long hash = row.withdrawn() ? 1 : 0;
    int columns = row.columns();
    for (int i = 0; i < columns; i++) {
      hash = add(hash, row.value(i));
    }
    return hash;
  }

  private static long add(long hash, @Nullable Object value) {
    if (value instanceof Long number) {
      return add(hash, number.longValue());
    } else if (value instanceof Double number) {
      return add(hash, number.doubleValue());
    } else if (value instanceof Boolean flag) {
      return add(hash, flag.booleanValue());
    } else if (value instanceof String text) {
      return add(hash, text);
    }
    throw new IllegalArgumentException("no column of the benchmark holds " + value);
  }

  public static long add(long hash, long value) {
    long mixed = (hash ^ value) * FACTOR;
    return mixed ^ (mixed >>> 32);
  }

  public static long add(long hash, double value) {
    return add(hash, Double.doubleToLongBits(value));
  }

  public static long add(long hash, boolean value) {
    return add(hash, value ? 1 : 0);
  }

  public static long add(long hash, String value) {
    long text = value.length();
    for (int i = 0; i < value.length(); i++) {
      text = text * 31 + value.charAt(i);
    }
    return add(hash, text);
  }
}
