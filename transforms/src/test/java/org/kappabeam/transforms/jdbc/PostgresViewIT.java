package org.kappabeam.transforms.jdbc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

class PostgresViewIT extends JdbcViewContract {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private static @Nullable PostgresServer server;

  /** Started on first use: property tests know no @BeforeAll. The library stops it with the JVM. */
  private static synchronized PostgresServer server() {
    if (server == null) {
      server = PostgresServer.start(directory());
    }
    return server;
  }

  private static Path directory() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      return Files.createTempDirectory(target, "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Views freshViews() {
    String schema = "test_" + SCHEMAS.incrementAndGet();
    try {
      server().createSchema(schema);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return Views.at(server().uri(schema), 1);
  }

  @Override
  protected void stopStore() throws IOException {
    server().stop();
  }

  @Override
  protected void startStore() throws IOException {
    server().startAgain();
  }

  @Test
  void peopleSeeNativeTypes() throws SQLException {
    Views views = freshViews();
    try (ViewStore store = views.open();
        Connection connection = people(views)) {
      store.create(EVERYTHING);
      assertThat(
          query(
              connection,
              "SELECT data_type FROM information_schema.columns WHERE table_name = 'everything'"
                  + " AND table_schema = current_schema() ORDER BY ordinal_position"),
          contains(
              "text",
              "bigint",
              "double precision",
              "boolean",
              "text",
              "timestamp with time zone",
              "numeric",
              "bytea",
              "ARRAY",
              "ARRAY",
              "bigint"));
    }
  }

  @Test
  void thePointerKeepsThePeopleWhoMayReadIt() throws SQLException {
    Views views = freshViews();
    try (ViewStore one = views.open();
        ViewStore two = views.withGeneration(2).open();
        Connection connection = people(views)) {
      one.create(SMALL);
      two.create(SMALL);
      connection.createStatement().execute("GRANT SELECT ON small TO PUBLIC");
      two.activate(List.of(SMALL), OptionalInt.empty());
      assertMayRead(connection);
      ViewSchema other = ViewSchema.named("small", "id").column("verdict", ColumnType.TEXT).build();
      try (ViewStore three = views.withGeneration(3).open()) {
        three.create(other);
        three.activate(List.of(other), OptionalInt.of(2));
      }
      assertMayRead(connection);
    }
  }

  @Test
  void pointersAreSwitchedUnderBusyReaders() throws Exception {
    Views views = freshViews();
    ViewSchema other = ViewSchema.named("other", "id").column("n", ColumnType.LONG).build();
    List<ViewSchema> schemas = List.of(SMALL, other);
    try (ViewStore one = views.open();
        ViewStore two = views.withGeneration(2).open();
        BusyReader forth = new BusyReader(people(views), "small", "other");
        BusyReader back = new BusyReader(people(views), "other", "small");
        BusyReader more = new BusyReader(people(views), "other", "small")) {
      for (ViewSchema schema : schemas) {
        one.create(schema);
        two.create(schema);
      }
      List<BusyReader> readers = List.of(forth, back, more);
      readers.forEach(BusyReader::start);
      int polls = 0;
      for (int generation : new int[] {2, 1, 2}) {
        awaitPolls(readers, ++polls);
        ViewStore next = generation == 1 ? one : two;
        assertThat(next.activate(schemas, OptionalInt.empty()), is(true));
        assertThat(next.activeGeneration(other), is(OptionalInt.of(generation)));
      }
      awaitPolls(readers, ++polls);
      for (BusyReader reader : readers) {
        assertThat(reader.end(), is(Optional.empty()));
      }
    }
  }

  /** Returns when each of them has read so many times, or has ended. */
  private static void awaitPolls(List<BusyReader> readers, int polls) throws InterruptedException {
    for (BusyReader reader : readers) {
      while (reader.isAlive() && reader.polls.get() < polls) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /**
   * Reads two views in one slow statement, again and again, and pauses about half as long. Readers
   * who hardly pause and take the views in opposite orders can keep a switch out for minutes.
   */
  private static final class BusyReader extends Thread implements AutoCloseable {
    final AtomicInteger polls = new AtomicInteger();
    private final Connection connection;
    private final String query;
    private volatile boolean ended;
    private volatile @Nullable SQLException failure;

    BusyReader(Connection connection, String first, String second) {
      this.connection = connection;
      this.query =
          "SELECT (SELECT count(*) FROM %s), (SELECT count(*) FROM %s), pg_sleep(1)"
              .formatted(first, second);
    }

    @Override
    public void run() {
      try (Statement statement = connection.createStatement()) {
        while (!ended) {
          statement.execute(query);
          polls.incrementAndGet();
          LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1_000_000_000));
        }
      } catch (SQLException e) {
        failure = e;
      }
    }

    /** What went wrong, if anything did. */
    Optional<SQLException> end() throws InterruptedException {
      ended = true;
      join();
      return Optional.ofNullable(failure);
    }

    @Override
    public void close() throws SQLException {
      ended = true;
      connection.close();
    }
  }

  private static void assertMayRead(Connection connection) throws SQLException {
    assertThat(
        query(
            connection,
            "SELECT has_table_privilege('pg_monitor', current_schema() || '.small', 'SELECT')"),
        contains("t"));
  }

  @Test
  void anUnreachableServerIsOneClearLine() {
    KappaException e =
        assertThrows(
            KappaException.class, () -> Views.at("postgresql://localhost:1/db?user=x", 1).open());
    assertThat(e.getMessage(), containsString("see that the server runs"));
    assertThat(e.getMessage().lines().count(), is(1L));
  }

  @Test
  void aMissingDatabaseIsOneClearLine() {
    String uri = server().uri("public").replace("/postgres?", "/nowhere?");
    KappaException e = assertThrows(KappaException.class, () -> Views.at(uri, 1).open());
    assertThat(e.getMessage(), containsString("no such database"));
  }

  @Test
  void aPasswordComesFromItsFileAndIsNeverShown(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("password");
    Files.writeString(file, "s3cret\n");
    Views views = Views.at(server().uri("public") + "&passwordFile=" + file, 1);
    views.open().close();
    assertThat(views.toString(), not(containsString("s3cret")));
    Views missing = Views.at(server().uri("public") + "&passwordEnv=NO_SUCH_VARIABLE", 1);
    assertThat(
        assertThrows(KappaException.class, missing::open).getMessage(),
        containsString("NO_SUCH_VARIABLE"));
  }
}
