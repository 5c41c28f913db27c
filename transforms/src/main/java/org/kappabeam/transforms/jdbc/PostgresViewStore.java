package org.kappabeam.transforms.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

/** A view store in a PostgreSQL database. */
final class PostgresViewStore extends JdbcViewStore {
  /** The columns of a view cannot be replaced like that. */
  private static final String INVALID_TABLE_DEFINITION = "42P16";

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /**
   * How long to wait for the first pointer. Whoever comes meanwhile waits behind us, and the server
   * ends somebody who has waited in a circle for its {@code deadlock_timeout} of a second: before
   * that, we give way.
   */
  private static final int FIRST_LOCK_MILLIS = 400;

  /** The same for each other one, while we hold those before it. */
  private static final int NEXT_LOCK_MILLIS = 100;

  private static final Duration LOCK_PATIENCE = Duration.ofMinutes(2);

  private static final String GRANTS =
      """
      SELECT format('GRANT %s ON %I TO %s%s', privilege_type, table_name, \
      CASE grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(grantee) END, \
      CASE is_grantable WHEN 'YES' THEN ' WITH GRANT OPTION' ELSE '' END) \
      FROM information_schema.role_table_grants \
      WHERE table_schema = current_schema() AND table_name = ? AND grantee <> current_user""";

  PostgresViewStore(Views views, Connection connection) {
    super(views, connection, new PostgresTypes());
  }

  @Override
  String tableOptions() {
    return "";
  }

  @Override
  void lockDefinition(ViewSchema schema) throws SQLException {
    lock("kappa view " + schema.name());
  }

  @Override
  void lockControl() throws SQLException {
    lock("kappa control");
  }

  private void lock(String name) throws SQLException {
    // CREATE … IF NOT EXISTS alone fails when two sessions run it at once.
    text("SELECT pg_advisory_xact_lock(hashtext(?))::text", name);
  }

  @Override
  String tableNames() {
    return "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()";
  }

  @Override
  @Nullable String pointerDefinition(ViewSchema schema) throws SQLException {
    return text(
        "SELECT definition FROM pg_views" + " WHERE viewname = ? AND schemaname = current_schema()",
        schema.name());
  }

  @Override
  void setPointer(ViewSchema schema, String query) throws SQLException {
    String name = Sql.quote(schema.name());
    Savepoint before = connection().setSavepoint();
    try {
      // Keeps the rights people were granted on it.
      execute("CREATE OR REPLACE VIEW " + name + " AS " + query);
    } catch (SQLException e) {
      if (!INVALID_TABLE_DEFINITION.equals(e.getSQLState())) {
        throw e;
      }
      connection().rollback(before);
      List<String> grants = grants(schema);
      execute("DROP VIEW " + name);
      execute("CREATE VIEW " + name + " AS " + query);
      for (String grant : grants) {
        execute(grant);
      }
    }
  }

  @Override
  <T> T switchPointers(List<ViewSchema> schemas, Work<T> work) throws SQLException {
    List<ViewSchema> order = new ArrayList<>(schemas);
    long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
    while (true) {
      try {
        return write(
            () -> {
              for (ViewSchema schema : schemas) {
                lockDefinition(schema);
              }
              lockPointers(order);
              return work.run();
            });
      } catch (SQLException e) {
        if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || System.nanoTime() > deadline) {
          throw e;
        }
        // A reader who takes the pointers from the other end lets us pass if we begin there, too.
        Collections.rotate(order, 1);
        // Whoever was held up by us goes first.
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(NEXT_LOCK_MILLIS * 1_000_000L));
      }
    }
  }

  /**
   * Keeps readers out, all in one message: between two, readers who do nothing but read would be
   * back with some of the pointers. {@code LOCK} would lock the tables, too; replacing a pointer
   * forgets this setting anyway.
   */
  private void lockPointers(List<ViewSchema> schemas) throws SQLException {
    StringBuilder sql = new StringBuilder("SET LOCAL lock_timeout = " + FIRST_LOCK_MILLIS);
    for (ViewSchema schema : schemas) {
      sql.append("; ALTER VIEW IF EXISTS ")
          .append(Sql.quote(schema.name()))
          .append(" RESET (security_barrier); SET LOCAL lock_timeout = ")
          .append(NEXT_LOCK_MILLIS);
    }
    execute(sql.toString());
  }

  /** The statements that give people the rights on a pointer that they have now. */
  private List<String> grants(ViewSchema schema) throws SQLException {
    List<String> grants = new ArrayList<>();
    try (PreparedStatement statement = connection().prepareStatement(GRANTS)) {
      statement.setString(1, schema.name());
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          grants.add(result.getString(1));
        }
      }
    }
    return grants;
  }

  @Override
  <T> T write(Work<T> work) throws SQLException {
    return transaction(work);
  }

  @Override
  <T> T read(Work<T> work) throws SQLException {
    // Outside a transaction the driver would fetch a whole result into memory.
    return transaction(work);
  }

  @Override
  KappaException failure(String attempt, SQLException e) {
    return failure(views(), attempt, e);
  }

  static KappaException failure(Views views, String attempt, SQLException e) {
    String problem = "cannot " + attempt + " in " + views.uri();
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "28000", "28P01" ->
          new KappaException(
              problem + ", the server refuses user or password",
              "check user= and what passwordEnv= or passwordFile= names",
              e);
      case "3D000" ->
          new KappaException(problem + ", there is no such database", "create it first", e);
      case "42P01" ->
          new KappaException(
              problem + ", there is no generation " + views.generation() + " of it",
              "run the job that writes it first, or name another generation",
              e);
      case "42501" ->
          new KappaException(
              problem + ", permission denied", "grant the user CREATE on the schema", e);
      case LOCK_NOT_AVAILABLE ->
          new KappaException(
              problem + ", others keep it locked",
              "run it again when long queries have ended: pg_stat_activity shows them",
              new ViewUnavailableException(e));
      default ->
          isTransient(state)
              ? new KappaException(
                  problem + ", " + line(e),
                  "see that the server runs and can be reached",
                  new ViewUnavailableException(e))
              : new KappaException(
                  problem + ", " + line(e), "see the server's log for the statement", e);
    };
  }

  private static boolean isTransient(String state) {
    // Connection lost; out of resources; shut down or starting; gave way to another transaction;
    // read-only, as a server is that is about to be replaced.
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("40")
        || state.equals("25006");
  }

  /** The driver's messages have several lines; the first one says what. */
  private static String line(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
