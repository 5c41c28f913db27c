package org.kappabeam.transforms.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.KeyRange;

/** The statements for one view in one generation; the same text on every store. */
final class Sql {
  static final String EVIDENCE = "evidence";
  static final String WITHDRAWN = "withdrawn";
  static final String FINGERPRINT = "fingerprint";

  private static final Set<String> BOOKKEEPING = Set.of(EVIDENCE, WITHDRAWN, FINGERPRINT);

  private final ViewSchema schema;
  private final String table;
  private final String key;
  private final List<String> columns;

  Sql(ViewSchema schema, String tableName) {
    this.schema = schema;
    this.table = quote(tableName);
    this.key = quote(schema.keyColumn());
    this.columns = schema.columns().stream().map(c -> quote(c.name())).toList();
    Stream.concat(Stream.of(schema.keyColumn()), schema.columns().stream().map(Column::name))
        .filter(BOOKKEEPING::contains)
        .findFirst()
        .ifPresent(
            name -> {
              throw new KappaException(
                  "view " + schema.name() + " has a column named " + name,
                  "choose another name; every store keeps its own column of that name");
            });
  }

  /** Identifiers are plain, but may be reserved words. */
  static String quote(String identifier) {
    return '"' + identifier + '"';
  }

  String createTable(JdbcViewStore.Types types, String tableOptions) {
    List<String> parts = new ArrayList<>();
    parts.add(key + " " + types.key() + " NOT NULL PRIMARY KEY");
    for (Column column : schema.columns()) {
      parts.add((quote(column.name()) + " " + types.of(column.type())).strip());
    }
    parts.add(EVIDENCE + " BIGINT NOT NULL");
    parts.add(WITHDRAWN + " BOOLEAN NOT NULL");
    parts.add(FINGERPRINT + " BIGINT NOT NULL");
    return "CREATE TABLE IF NOT EXISTS %s (%s)%s"
        .formatted(table, String.join(", ", parts), tableOptions);
  }

  String addColumn(Column column, JdbcViewStore.Types types) {
    return "ALTER TABLE %s ADD COLUMN %s %s"
        .formatted(table, quote(column.name()), types.of(column.type()))
        .strip();
  }

  String noRows() {
    return "SELECT * FROM " + table + " LIMIT 0";
  }

  String dropTable() {
    return "DROP TABLE IF EXISTS " + table;
  }

  /**
   * What the pointer shows: the rows that are not withdrawn, in a form comfortable to read.
   *
   * @param present the columns of the table; those that the schema does not know are shown as they
   *     are
   */
  String selectForPeople(JdbcViewStore.Types types, Set<String> present) {
    List<String> shown = new ArrayList<>();
    shown.add(key);
    Set<String> unknown = new LinkedHashSet<>(present);
    unknown.remove(schema.keyColumn());
    unknown.removeAll(BOOKKEEPING);
    for (Column column : schema.columns()) {
      if (unknown.remove(column.name())) {
        String name = quote(column.name());
        String expression = types.shown(column.type(), name);
        shown.add(expression.equals(name) ? name : expression + " AS " + name);
      }
    }
    unknown.forEach(column -> shown.add(quote(column)));
    shown.add(EVIDENCE);
    return "SELECT %s FROM %s WHERE NOT %s".formatted(String.join(", ", shown), table, WITHDRAWN);
  }

  /** Parameters: key, columns, evidence, withdrawn, fingerprint. */
  String upsert() {
    List<String> all = new ArrayList<>(columns);
    all.add(EVIDENCE);
    all.add(WITHDRAWN);
    all.add(FINGERPRINT);
    String assignments =
        all.stream().map(c -> c + " = excluded." + c).collect(Collectors.joining(", "));
    return """
        INSERT INTO %s AS old (%s, %s) VALUES (%s) \
        ON CONFLICT (%s) DO UPDATE SET %s \
        WHERE excluded.evidence > old.evidence \
        OR (excluded.evidence = old.evidence AND excluded.fingerprint > old.fingerprint)"""
        .formatted(
            table, key, String.join(", ", all), "?" + ", ?".repeat(all.size()), key, assignments);
  }

  /**
   * Result: key, columns, evidence, withdrawn. Parameters: the ends of the range that are there.
   */
  String scan(KeyRange range, boolean includeWithdrawn) {
    List<String> selected = new ArrayList<>();
    selected.add(key);
    selected.addAll(columns);
    selected.add(EVIDENCE);
    selected.add(WITHDRAWN);
    List<String> conditions = new ArrayList<>();
    if (range.from() != null) {
      conditions.add(key + " >= ?");
    }
    if (range.until() != null) {
      conditions.add(key + " < ?");
    }
    if (!includeWithdrawn) {
      conditions.add("NOT " + WITHDRAWN);
    }
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    return "SELECT %s FROM %s%s ORDER BY %s"
        .formatted(String.join(", ", selected), table, where, key);
  }

  String count(boolean includeWithdrawn) {
    return "SELECT count(*) FROM " + table + (includeWithdrawn ? "" : " WHERE NOT " + WITHDRAWN);
  }

  /** Every n-th key except the first; the parameter is n. */
  String everyNthKey() {
    return """
        SELECT %1$s FROM (SELECT %1$s, row_number() OVER (ORDER BY %1$s) AS place FROM %2$s) \
        AS ranked WHERE place > 1 AND (place - 1) %% ? = 0 ORDER BY place"""
        .formatted(key, table);
  }
}
