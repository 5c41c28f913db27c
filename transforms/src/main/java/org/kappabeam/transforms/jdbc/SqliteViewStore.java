package org.kappabeam.transforms.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;
import org.sqlite.SQLiteErrorCode;

/** A view store in a SQLite file. */
final class SqliteViewStore extends JdbcViewStore {
  /** SQLite has no error code of its own for it. */
  private static final String NO_TABLE = "no such table";

  private final ReentrantLock writers;

  SqliteViewStore(Views views, Connection connection, ReentrantLock writers) {
    super(views, connection, new SqliteTypes());
    this.writers = writers;
  }

  @Override
  String tableOptions() {
    // Rows live in the key's own tree: one tree to write instead of two, and scans in key order.
    return " WITHOUT ROWID";
  }

  @Override
  void lockDefinition(ViewSchema schema) {
    // Every write transaction already is the only one.
  }

  @Override
  void lockControl() {
    // Every write transaction already is the only one.
  }

  @Override
  String tableNames() {
    return "SELECT name FROM sqlite_master WHERE type = 'table'";
  }

  @Override
  @Nullable String pointerDefinition(ViewSchema schema) throws SQLException {
    return text("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?", schema.name());
  }

  @Override
  void setPointer(ViewSchema schema, String query) throws SQLException {
    String name = Sql.quote(schema.name());
    execute("DROP VIEW IF EXISTS " + name);
    execute("CREATE VIEW " + name + " AS " + query);
  }

  @Override
  <T> T write(Work<T> work) throws SQLException {
    writers.lock();
    try {
      return transaction(work);
    } finally {
      writers.unlock();
    }
  }

  @Override
  <T> T read(Work<T> work) throws SQLException {
    // A single statement outside a transaction reads one snapshot and blocks no writer.
    return work.run();
  }

  @Override
  KappaException failure(String attempt, SQLException e) {
    return failure(views(), attempt, e);
  }

  static KappaException failure(Views views, String attempt, SQLException e) {
    String problem = "cannot " + attempt + " in " + views.uri();
    return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode())) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new KappaException(
              problem + ", another process is writing to it",
              "wait for it, or end it",
              new ViewUnavailableException(e));
      case SQLITE_FULL, SQLITE_IOERR ->
          new KappaException(
              problem + ", " + e.getMessage(),
              "see that the disk has room and works",
              new ViewUnavailableException(e));
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          new KappaException(
              problem + ", the file is not a SQLite database or is damaged",
              "move it away and replay the view from its log",
              e);
      case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM ->
          new KappaException(
              problem + ", the file cannot be written",
              "name a file in a directory you may write to",
              e);
      default ->
          String.valueOf(e.getMessage()).contains(NO_TABLE)
              ? new KappaException(
                  problem + ", there is no generation " + views.generation() + " of it",
                  "run the job that writes it first, or name another generation",
                  e)
              : new KappaException(
                  problem + ", " + e.getMessage(), "see that the schema fits the table", e);
    };
  }
}
