package org.kappabeam.coders.view;

import java.math.BigDecimal;
import java.util.List;

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
  BYTES(byte[].class),
  /** A list of texts, none of them null; an empty list is not null. */
  TEXT_LIST(List.class),
  /** A list of 64-bit integers, none of them null; an empty list is not null. */
  LONG_LIST(List.class);

  private final Class<?> javaType;

  ColumnType(Class<?> javaType) {
    this.javaType = javaType;
  }

  public Class<?> javaType() {
    return javaType;
  }
}
