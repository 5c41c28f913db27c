package org.kappabeam.transforms.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PostgreSQL server that tests start and stop. The library runs it without root's rights
 * ({@code unshare}), which the server insists on.
 */
public final class PostgresServer implements AutoCloseable {
  static {
    // The driver asserts that a connection is never lost during a batch, which is what we test.
    PostgresServer.class.getClassLoader().setPackageAssertionStatus("org.postgresql", false);
  }

  private final Path data;
  private final int port;
  private EmbeddedPostgres running;

  private PostgresServer(EmbeddedPostgres running, Path data) {
    this.running = running;
    this.data = data;
    this.port = running.getPort();
  }

  /** Starts one; a machine that cannot skips the test, except a build server, which must. */
  public static PostgresServer start(Path data) {
    try {
      return new PostgresServer(builder(data).start(), data);
    } catch (IOException | IllegalStateException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("no PostgreSQL server starts here", e);
      }
      Assumptions.abort("no PostgreSQL server starts here: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedPostgres.Builder builder(Path data) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setLocaleConfig("locale", "C.UTF-8")
        .setServerConfig("max_connections", "100");
  }

  /** A URI of the server's own database and superuser, for a schema of its own. */
  public String uri(String schema) {
    return "postgresql://localhost:" + port + "/postgres?user=postgres&currentSchema=" + schema;
  }

  public void createSchema(String schema) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:" + uri("public"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + schema);
    }
  }

  void stop() throws IOException {
    running.close();
  }

  void startAgain() throws IOException {
    running = builder(data).setPort(port).start();
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
