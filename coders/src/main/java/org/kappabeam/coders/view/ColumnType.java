package org.kappabeam.coders.view;

import java.math.BigDecimal;

/** What a view column holds, and which Java type carries it in a {@link ViewRow}. */
public enum ColumnType {
  /** 64-bit integer. */
  LONG(Long.class),
  /** IEEE 754 double; NaN and negative zero are kept. */
  DOUBLE(Double.class),
  BOOLEAN(Boolean.class),
  TEXT(String.class),
  /** Microseconds since the epoch. */
  TIMESTAMP(Long.class),
  /** Exact decimal; its scale is part of the value. */
  DECIMAL(BigDecimal.class),
  BYTES(byte[].class);

  private final Class<?> javaType;

  ColumnType(Class<?> javaType) {
    this.javaType = javaType;
  }

  public Class<?> javaType() {
    return javaType;
  }
}
