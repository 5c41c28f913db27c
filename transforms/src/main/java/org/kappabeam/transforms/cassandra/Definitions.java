package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.Views;

/**
 * Looks up and makes the tables and types of views. How many buckets a table has stands in its
 * comment, so that it is there as soon as the table is.
 */
final class Definitions {
  /** Cassandra's own limit. */
  private static final int MAX_TABLE_NAME = 48;

  private static final Duration DDL_TIMEOUT = Duration.ofSeconds(20);
  private static final Pattern BUCKETS = Pattern.compile("kappa view, ([0-9]{1,4}) buckets");
  private static final Set<String> RESERVED =
      Set.of("evidence", CassandraTable.WITHDRAWN, CassandraTable.FINGERPRINT);

  private final CqlSession session;
  private final CassandraAddress address;

  Definitions(CqlSession session, CassandraAddress address) {
    this.session = session;
    this.address = address;
  }

  /** Whether there is a table of that name. */
  boolean hasTable(String name) {
    return comment(name) != null;
  }

  /** The table of a view, if there is one and it has all columns. */
  Optional<CassandraTable> find(Views views, ViewSchema schema) {
    String table = table(views, schema);
    String comment = comment(table);
    Row type = type(table);
    if (comment == null || type == null) {
      return Optional.empty();
    }
    List<String> fields = names(type);
    if (!missing(schema, type).isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = BUCKETS.matcher(comment);
    if (!matcher.matches()) {
      throw new KappaException(
          address.uri() + " has a table " + table + " that is not ours",
          "drop it, or keep these views in another keyspace");
    }
    int buckets = Integer.parseInt(matcher.group(1));
    return Optional.of(new CassandraTable(schema, table, buckets, fields));
  }

  /** The view with those of its columns that its table has, if there is a table. */
  Optional<ViewSchema> stored(Views views, ViewSchema schema) {
    String table = table(views, schema);
    Row type = type(table);
    return comment(table) == null || type == null
        ? Optional.empty()
        : Optional.of(schema.only(Set.copyOf(names(type))));
  }

  /** The names of all tables. */
  List<String> tables() {
    List<String> names = new ArrayList<>();
    lookUp(
            "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?",
            address.keyspace())
        .forEach(row -> names.add(String.valueOf(row.getString(0))));
    return names;
  }

  /** Removes what there is of a view. Only one client at a time may do this. */
  void drop(Views views, ViewSchema schema) {
    String table = table(views, schema);
    ddl("DROP TABLE IF EXISTS " + CassandraTable.quote(table));
    ddl("DROP TYPE IF EXISTS " + CassandraTable.quote(CassandraTable.typeOf(table)));
  }

  /** Makes what a view lacks. Only one client at a time may do this. */
  void make(Views views, ViewSchema schema) {
    String table = table(views, schema);
    Row type = type(table);
    if (type == null) {
      ddl(CassandraTable.createType(table, schema));
    } else {
      missing(schema, type).forEach(column -> ddl(CassandraTable.addField(table, column)));
    }
    String comment = "kappa view, %d buckets".formatted(address.buckets());
    ddl(CassandraTable.createTable(table, schema, comment));
  }

  /** Runs a definition and waits until all nodes know it. */
  void ddl(String statement) {
    session.execute(SimpleStatement.newInstance(statement).setTimeout(DDL_TIMEOUT));
  }

  private static List<Column> missing(ViewSchema schema, Row type) {
    List<String> names = names(type);
    List<String> types = type.getList("field_types", String.class);
    for (Column column : schema.columns()) {
      int place = names.indexOf(column.name());
      if (place >= 0
          && !thawed(types.get(place)).equals(thawed(CellType.declared(column.type())))) {
        throw new KappaException(
            "view "
                + schema.name()
                + " has a column "
                + column.name()
                + " of type "
                + types.get(place)
                + ", not "
                + CellType.declared(column.type()),
            "write the new type to a new generation, or give the column another name");
      }
    }
    return schema.columns().stream().filter(column -> !names.contains(column.name())).toList();
  }

  private static List<String> names(Row type) {
    return type.getList("field_names", String.class);
  }

  /** Inside a frozen type everything is frozen, whether a version of the server says so or not. */
  private static String thawed(String type) {
    return type.replaceFirst("^frozen<(.*)>$", "$1");
  }

  private @Nullable Row type(String table) {
    return lookUp(
            "SELECT field_names, field_types FROM system_schema.types"
                + " WHERE keyspace_name = ? AND type_name = ?",
            address.keyspace(),
            CassandraTable.typeOf(table))
        .one();
  }

  private @Nullable String comment(String table) {
    Row row =
        lookUp(
                "SELECT comment FROM system_schema.tables"
                    + " WHERE keyspace_name = ? AND table_name = ?",
                address.keyspace(),
                table)
            .one();
    return row == null ? null : String.valueOf(row.getString(0));
  }

  private ResultSet lookUp(String query, Object... parameters) {
    return session.execute(
        SimpleStatement.newInstance(query, parameters)
            .setConsistencyLevel(DefaultConsistencyLevel.ONE)
            .setIdempotent(true));
  }

  private static String table(Views views, ViewSchema schema) {
    String table = views.table(schema);
    if (table.length() > MAX_TABLE_NAME) {
      throw new KappaException(
          "the name " + table + " is longer than Cassandra's limit, 48 characters",
          "give the view a shorter name");
    }
    String key = schema.keyColumn();
    Stream.concat(Stream.of(key), schema.columns().stream().map(Column::name))
        .filter(RESERVED::contains)
        .findFirst()
        .ifPresent(name -> refuse(schema, name));
    if (key.equals(CassandraTable.BUCKET) || key.equals(CassandraTable.DATA)) {
      refuse(schema, key);
    }
    return table;
  }

  private static void refuse(ViewSchema schema, String name) {
    throw new KappaException(
        "view " + schema.name() + " has a column named " + name,
        "choose another name; the store keeps its own column of that name");
  }
}
