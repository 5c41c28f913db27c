package org.kappabeam.transforms.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteConfig.TransactionMode;

/** Views in one SQLite file: {@code sqlite:path/to/file.db}. Directories are created. */
public final class SqliteViewConnector implements ViewConnector {
  private static final String PREFIX = "sqlite:";

  /** How long a writer waits for one in another process. */
  private static final int BUSY_MILLIS = 30_000;

  /** In KiB: the upper levels of a large view's tree stay in memory. */
  private static final int CACHE_KIB = 65_536;

  /**
   * Pages of 4 KiB after which the write-ahead log is merged into the file. Rows in random key
   * order touch the same pages again and again; merging rarely writes each of them once.
   */
  private static final int CHECKPOINT_PAGES = 16_384;

  /** SQLite has one writer; those of this process queue here instead of polling the file. */
  private static final ConcurrentMap<Path, ReentrantLock> WRITERS = new ConcurrentHashMap<>();

  @Override
  public String scheme() {
    return "sqlite";
  }

  @Override
  public String example() {
    return "sqlite:path/to/file.db";
  }

  @Override
  public void check(String uri) {
    path(uri);
  }

  @Override
  public ViewStore open(Views views) {
    Path file = path(views.uri());
    try {
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
        // One file, one lock, whatever links lead to it.
        file = parent.toRealPath().resolve(file.getFileName());
      }
    } catch (IOException e) {
      throw new KappaException(
          "cannot create the directory of " + views.uri(),
          "name a file in a directory you may write to",
          e);
    }
    ReentrantLock writers = WRITERS.computeIfAbsent(file, f -> new ReentrantLock(true));
    writers.lock();
    try {
      return new SqliteViewStore(views, connect(file), writers);
    } catch (SQLException e) {
      throw SqliteViewStore.failure(views, "open", e);
    } finally {
      writers.unlock();
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    // A killed process leaves a readable file; readers and the writer do not wait for each other.
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-CACHE_KIB);
    config.setTempStore(TempStore.MEMORY);
    // A transaction that begins as a reader cannot always become a writer.
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    }
    return connection;
  }

  private static Path path(String uri) {
    String path = uri.substring(PREFIX.length());
    if (path.startsWith("//")) {
      path = path.substring(2);
    }
    if (path.isEmpty() || path.endsWith("/") || path.indexOf('?') >= 0 || path.indexOf(0) >= 0) {
      throw new KappaException("'" + uri + "' names no file", "write sqlite:path/to/file.db");
    }
    return Path.of(path).toAbsolutePath().normalize();
  }
}
