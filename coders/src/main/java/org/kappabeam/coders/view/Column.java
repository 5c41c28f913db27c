package org.kappabeam.coders.view;

import com.google.auto.value.AutoValue;
import java.io.Serializable;

/** One named, typed, nullable business column of a view. */
@AutoValue
public abstract class Column implements Serializable {
  public abstract String name();

  public abstract ColumnType type();

  public static Column of(String name, ColumnType type) {
    ViewSchema.requireIdentifier(name);
    return new AutoValue_Column(name, type);
  }
}
