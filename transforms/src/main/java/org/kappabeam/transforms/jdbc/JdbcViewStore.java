package org.kappabeam.transforms.jdbc;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewRows;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewValues;
import org.kappabeam.transforms.view.Views;

/** What SQLite and PostgreSQL have in common, which is nearly everything. */
abstract class JdbcViewStore implements ViewStore {
  private static final int FETCH_SIZE = 1_000;

  private final Views views;
  private final Connection connection;
  private final Types types;

  /** A connection prepares its upserts once: planning one takes longer than running it. */
  private final Map<ViewSchema, PreparedStatement> upserts = new HashMap<>();

  private @Nullable ControlTable control;

  JdbcViewStore(Views views, Connection connection, Types types) {
    this.views = views;
    this.connection = connection;
    this.types = types;
  }

  /** How a store declares, binds and reads columns. */
  interface Types {
    /** The declared type of keys: text in the order of its UTF-8 bytes. */
    String key();

    /** The declared type of a business column; may be empty. */
    String of(ColumnType type);

    /** The expression the pointer shows for a stored column, usually the column itself. */
    String shown(ColumnType type, String column);

    void bind(PreparedStatement statement, int index, ColumnType type, @Nullable Object value)
        throws SQLException;

    @Nullable Object read(ResultSet row, int index, ColumnType type) throws SQLException;
  }

  /** Work inside a transaction. */
  interface Work<T> {
    T run() throws SQLException;
  }

  /** What stands behind the columns of a table declaration. */
  abstract String tableOptions();

  /** Within a transaction: lets one writer at a time change the view's tables and pointer. */
  abstract void lockDefinition(ViewSchema schema) throws SQLException;

  /** The definition of the pointer, or null. */
  abstract @Nullable String pointerDefinition(ViewSchema schema) throws SQLException;

  /** Within a transaction: lets one client at a time create the control table. */
  abstract void lockControl() throws SQLException;

  /** A query for the names of all tables. */
  abstract String tableNames();

  /** Within a transaction: makes the pointer show the given query. */
  abstract void setPointer(ViewSchema schema, String query) throws SQLException;

  /** Runs a write in a transaction that is on disk when this returns. */
  abstract <T> T write(Work<T> work) throws SQLException;

  /** Runs a query in one snapshot. */
  abstract <T> T read(Work<T> work) throws SQLException;

  /** Turns a failure into a line for people. */
  abstract KappaException failure(String attempt, SQLException e);

  final Connection connection() {
    return connection;
  }

  final Views views() {
    return views;
  }

  @Override
  public void create(ViewSchema schema) {
    Sql sql = sql(schema);
    attempt(
        "create view " + schema.name(),
        () ->
            write(
                () -> {
                  lockDefinition(schema);
                  execute(sql.createTable(types, tableOptions()));
                  boolean widened = addMissingColumns(schema, sql);
                  OptionalInt active = active(schema);
                  if (active.isEmpty() || (widened && active.getAsInt() == views.generation())) {
                    setPointer(schema, sql.selectForPeople(types, columns(sql)));
                  }
                  return true;
                }));
  }

  /** The columns of the table, in its order. */
  private Set<String> columns(Sql sql) throws SQLException {
    Set<String> present = new LinkedHashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.noRows())) {
      ResultSetMetaData meta = result.getMetaData();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        present.add(meta.getColumnName(i));
      }
    }
    return present;
  }

  private boolean addMissingColumns(ViewSchema schema, Sql sql) throws SQLException {
    Set<String> present = columns(sql);
    boolean added = false;
    for (Column column : schema.columns()) {
      if (!present.contains(column.name())) {
        execute(sql.addColumn(column, types));
        added = true;
      }
    }
    return added;
  }

  @Override
  public boolean activate(List<ViewSchema> schemas, OptionalInt expected) {
    List<ViewSchema> ordered = new ArrayList<>(schemas);
    // Those who switch at once lock in the same order.
    ordered.sort(Comparator.comparing(ViewSchema::name));
    return attempt(
        "activate generation " + views.generation(),
        () -> switchPointers(ordered, () -> activateLocked(ordered, expected)));
  }

  /** A transaction that replaces what people read while they read it. */
  <T> T switchPointers(List<ViewSchema> schemas, Work<T> work) throws SQLException {
    return write(work);
  }

  private boolean activateLocked(List<ViewSchema> schemas, OptionalInt expected)
      throws SQLException {
    for (ViewSchema schema : schemas) {
      lockDefinition(schema);
    }
    for (ViewSchema schema : schemas) {
      int active = active(schema).orElse(views.generation());
      if (expected.isPresent() && active != expected.getAsInt() && active != views.generation()) {
        return false;
      }
    }
    for (ViewSchema schema : schemas) {
      Sql sql = sql(schema);
      setPointer(schema, sql.selectForPeople(types, columns(sql)));
    }
    return true;
  }

  @Override
  public SortedSet<Integer> generations(ViewSchema schema) {
    return attempt("look up view " + schema.name(), () -> read(() -> tables(schema)));
  }

  private SortedSet<Integer> tables(ViewSchema schema) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(tableNames())) {
      while (result.next()) {
        names.add(result.getString(1));
      }
    }
    return Views.generations(schema, names);
  }

  @Override
  public Optional<ViewSchema> stored(ViewSchema schema) {
    return attempt(
        "look up view " + schema.name(),
        () ->
            read(
                () ->
                    tables(schema).contains(views.generation())
                        ? Optional.of(schema.only(columns(sql(schema))))
                        : Optional.empty()));
  }

  @Override
  public void drop(ViewSchema schema) {
    attempt(
        "drop view " + schema.name(),
        () ->
            write(
                () -> {
                  lockDefinition(schema);
                  OptionalInt active = active(schema);
                  if (active.isPresent() && active.getAsInt() == views.generation()) {
                    throw new KappaException(
                        "generation %d of view %s in %s is the one people read"
                            .formatted(views.generation(), schema.name(), views.uri()),
                        "activate another one first");
                  }
                  execute(sql(schema).dropTable());
                  return true;
                }));
  }

  @Override
  public ControlTable control() {
    if (control == null) {
      attempt(
          "create the control table",
          () ->
              write(
                  () -> {
                    lockControl();
                    execute(JdbcControlTable.create(types, tableOptions()));
                    return true;
                  }));
      control = new JdbcControlTable(this);
    }
    return control;
  }

  @Override
  public OptionalInt activeGeneration(ViewSchema schema) {
    return attempt("look up view " + schema.name(), () -> read(() -> active(schema)));
  }

  private OptionalInt active(ViewSchema schema) throws SQLException {
    String definition = pointerDefinition(schema);
    if (definition == null) {
      return OptionalInt.empty();
    }
    Matcher matcher =
        Pattern.compile("\\b" + schema.name() + "__g([0-9]{1,9})\\b").matcher(definition);
    if (!matcher.find()) {
      throw new KappaException(
          views.uri() + " has a view " + schema.name() + " that is not ours",
          "rename it, or keep these views in another database");
    }
    return OptionalInt.of(Integer.parseInt(matcher.group(1)));
  }

  @Override
  public void upsert(ViewSchema schema, List<ViewRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    List<ViewRow> winners = ViewRows.winners(rows);
    attempt(
        "write view " + schema.name(),
        () ->
            write(
                () -> {
                  PreparedStatement statement = upsertStatement(schema);
                  try {
                    for (ViewRow row : winners) {
                      bind(statement, schema, row);
                      statement.addBatch();
                    }
                    statement.executeBatch();
                  } finally {
                    statement.clearBatch();
                  }
                  return true;
                }));
  }

  private PreparedStatement upsertStatement(ViewSchema schema) throws SQLException {
    PreparedStatement statement = upserts.get(schema);
    if (statement == null) {
      statement = connection.prepareStatement(sql(schema).upsert());
      upserts.put(schema, statement);
    }
    return statement;
  }

  private void bind(PreparedStatement statement, ViewSchema schema, ViewRow row)
      throws SQLException {
    List<Column> columns = schema.columns();
    int given = row.columns();
    if (given != columns.size()) {
      throw new KappaException(
          "a row of view " + schema.name() + " has " + given + " values for " + columns.size(),
          "build rows with values in the order of the view's schema");
    }
    statement.setString(1, StoredText.escape(row.key()));
    int index = 2;
    for (int i = 0; i < given; i++) {
      Column column = columns.get(i);
      Object value = ViewValues.canonical(column, row.value(i));
      types.bind(statement, index++, column.type(), value);
    }
    statement.setLong(index++, row.evidence());
    statement.setBoolean(index++, row.withdrawn());
    statement.setLong(index, row.fingerprint());
  }

  @Override
  public void scan(
      ViewSchema schema, KeyRange range, boolean includeWithdrawn, Consumer<ViewRow> consumer) {
    attempt(
        "read view " + schema.name(),
        () ->
            read(
                () -> {
                  String sql = sql(schema).scan(range, includeWithdrawn);
                  try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    statement.setFetchSize(FETCH_SIZE);
                    int parameter = 1;
                    if (range.from() != null) {
                      statement.setString(parameter++, StoredText.escape(range.from()));
                    }
                    if (range.until() != null) {
                      statement.setString(parameter, StoredText.escape(range.until()));
                    }
                    try (ResultSet result = statement.executeQuery()) {
                      while (result.next()) {
                        consumer.accept(row(schema, result));
                      }
                    }
                  }
                  return true;
                }));
  }

  private ViewRow row(ViewSchema schema, ResultSet result) throws SQLException {
    int index = 1;
    String key = StoredText.unescape(result.getString(index++));
    @Nullable Object[] values = new Object[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = types.read(result, index++, schema.columns().get(i).type());
    }
    long evidence = result.getLong(index++);
    return result.getBoolean(index)
        ? ViewRow.withdrawn(key, evidence, values)
        : ViewRow.of(key, evidence, values);
  }

  @Override
  public long count(ViewSchema schema) {
    return attempt(
        "count view " + schema.name(), () -> read(() -> number(sql(schema).count(false))));
  }

  @Override
  public List<KeyRange> ranges(ViewSchema schema, int n) {
    return attempt(
        "read view " + schema.name(),
        () ->
            read(
                () -> {
                  Sql sql = sql(schema);
                  long step = Math.max(1, (number(sql.count(true)) + n - 1) / n);
                  List<KeyRange> ranges = new ArrayList<>();
                  String from = null;
                  try (PreparedStatement statement =
                      connection.prepareStatement(sql.everyNthKey())) {
                    statement.setLong(1, step);
                    try (ResultSet result = statement.executeQuery()) {
                      while (result.next()) {
                        String until = StoredText.unescape(result.getString(1));
                        ranges.add(KeyRange.of(from, until));
                        from = until;
                      }
                    }
                  }
                  ranges.add(KeyRange.of(from, null));
                  return ranges;
                }));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure("close", e);
    }
  }

  /** Runs work in a transaction of the connection: all of it or nothing. */
  final <T> T transaction(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    T result;
    try {
      result = work.run();
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
        connection.setAutoCommit(true);
      } catch (SQLException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    connection.setAutoCommit(true);
    return result;
  }

  final void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the only row of a query with one text parameter, or null if no row. */
  final @Nullable String text(String sql, String parameter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? result.getString(1) : null;
      }
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private Sql sql(ViewSchema schema) {
    return new Sql(schema, views.table(schema));
  }

  final <T> T attempt(String attempt, Work<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw failure(attempt, e);
    }
  }

  /** Binds what every driver binds alike; null needs the SQL type. */
  static void bindPlain(PreparedStatement statement, int index, ColumnType type, Object value)
      throws SQLException {
    switch (type) {
      case LONG, TIMESTAMP -> statement.setLong(index, (Long) value);
      case DOUBLE -> statement.setDouble(index, (Double) value);
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      case TEXT -> statement.setString(index, StoredText.escape((String) value));
      case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
      case BYTES -> statement.setBytes(index, (byte[]) value);
      case TEXT_LIST, LONG_LIST -> throw unlike(type);
    }
  }

  /** Reads what every driver reads alike. */
  static @Nullable Object readPlain(ResultSet row, int index, ColumnType type) throws SQLException {
    return switch (type) {
      case LONG, TIMESTAMP -> {
        long value = row.getLong(index);
        yield row.wasNull() ? null : value;
      }
      case DOUBLE -> {
        double value = row.getDouble(index);
        yield row.wasNull() ? null : value;
      }
      case BOOLEAN -> {
        boolean value = row.getBoolean(index);
        yield row.wasNull() ? null : value;
      }
      case TEXT -> {
        String value = row.getString(index);
        yield value == null ? null : StoredText.unescape(value);
      }
      case DECIMAL -> row.getBigDecimal(index);
      case BYTES -> row.getBytes(index);
      case TEXT_LIST, LONG_LIST -> throw unlike(type);
    };
  }

  private static IllegalArgumentException unlike(ColumnType type) {
    return new IllegalArgumentException("stores differ in how they hold a " + type);
  }
}
