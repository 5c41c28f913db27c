package org.kappabeam.coders.view;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The shape of a view: its name, the text column that is its primary key, and its business columns.
 * Every store adds the bookkeeping columns {@code evidence}, {@code withdrawn} and {@code
 * fingerprint}.
 */
@AutoValue
public abstract class ViewSchema implements Serializable {
  private static final Pattern IDENTIFIER = Pattern.compile("[a-z][a-z0-9_]{0,47}");

  public abstract String name();

  public abstract String keyColumn();

  public abstract List<Column> columns();

  public static Builder named(String name, String keyColumn) {
    requireIdentifier(name);
    requireIdentifier(keyColumn);
    return new Builder(name, keyColumn);
  }

  /** The same view with only those of its columns that are named. */
  public final ViewSchema only(Set<String> names) {
    return new AutoValue_ViewSchema(
        name(),
        keyColumn(),
        columns().stream().filter(column -> names.contains(column.name())).toList());
  }

  /** Lower-case letters, digits, underscore: safe to stand unquoted in every store's statements. */
  static void requireIdentifier(String name) {
    if (!IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException("not a plain lower-case identifier: " + name);
    }
  }

  /** Collects columns in order. */
  public static final class Builder {
    private final String name;
    private final String keyColumn;
    private final List<Column> columns = new ArrayList<>();

    private Builder(String name, String keyColumn) {
      this.name = name;
      this.keyColumn = keyColumn;
    }

    public Builder column(String columnName, ColumnType type) {
      columns.add(Column.of(columnName, type));
      return this;
    }

    public ViewSchema build() {
      return new AutoValue_ViewSchema(name, keyColumn, List.copyOf(columns));
    }
  }
}
