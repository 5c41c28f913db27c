package org.kappabeam.transforms.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

/** A view store in a PostgreSQL database. */
final class PostgresViewStore extends JdbcViewStore {
  /** The columns of a view cannot be replaced like that. */
  private static final String INVALID_TABLE_DEFINITION = "42P16";

  PostgresViewStore(Views views, Connection connection) {
    super(views, connection, new PostgresTypes());
  }

  @Override
  String tableOptions() {
    return "";
  }

  @Override
  void lockDefinition(ViewSchema schema) throws SQLException {
    // CREATE … IF NOT EXISTS alone fails when two sessions run it at once.
    text("SELECT pg_advisory_xact_lock(hashtext(?))::text", "kappa view " + schema.name());
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
      execute("DROP VIEW " + name);
      execute("CREATE VIEW " + name + " AS " + query);
    }
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
    // lock not available; read-only, as a server is that is about to be replaced.
    return state.startsWith("08")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("40")
        || state.equals("55P03")
        || state.equals("25006");
  }

  /** The driver's messages have several lines; the first one says what. */
  private static String line(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
