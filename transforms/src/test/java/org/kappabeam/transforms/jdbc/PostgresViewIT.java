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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.transforms.view.ViewContract;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.kappabeam.transforms.view.WriteView;

class PostgresViewIT extends ViewContract {
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
  protected Connection people(Views views) throws SQLException {
    return DriverManager.getConnection("jdbc:" + views.uri());
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
      two.activate(SMALL);
      assertThat(
          query(
              connection,
              "SELECT has_table_privilege('pg_monitor', current_schema() || '.small', 'SELECT')"),
          contains("t"));
    }
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

  /** The server that goes away under a running pipeline; static, since functions are serialized. */
  private static final AtomicReference<@Nullable PostgresServer> FAILING = new AtomicReference<>();

  private static final AtomicReference<@Nullable CompletableFuture<Void>> BACK =
      new AtomicReference<>();

  @AfterAll
  static void nothingIsLeft() {
    assertThat(FAILING.get() == null, is(true));
  }

  @Test
  void aServerThatIsAwayForAWhileLosesNothing() throws Exception {
    int batches = 60;
    int size = 500;
    try (PostgresServer failing = PostgresServer.start(directory())) {
      failing.createSchema("outage");
      Views views = Views.at(failing.uri("outage"), 1);
      FAILING.set(failing);
      Pipeline pipeline = pipeline();
      pipeline
          .apply(Create.of(IntStream.range(0, batches).boxed().toList()))
          .apply(ParDo.of(new RowsFn(size, batches / 2)))
          .setCoder(BatchCoder.of(ViewRowCoder.of()))
          .apply(WriteView.of(views, SMALL));
      pipeline.run().waitUntilFinish();
      CompletableFuture<Void> back = BACK.get();
      assertThat("the server was away", back != null);
      back.get(1, TimeUnit.MINUTES);
      try (ViewStore store = views.open()) {
        assertThat(store.count(SMALL), is((long) batches * size));
      }
    } finally {
      FAILING.set(null);
    }
  }

  /** Makes a batch of rows for each number, and stops the server for a while at one of them. */
  private static final class RowsFn extends DoFn<Integer, Batch<ViewRow>> {
    private static final int SECONDS_AWAY = 6;

    private final int size;
    private final int stopAt;

    RowsFn(int size, int stopAt) {
      this.size = size;
      this.stopAt = stopAt;
    }

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<Batch<ViewRow>> out)
        throws IOException {
      PostgresServer failing = FAILING.get();
      if (number == stopAt && failing != null && BACK.get() == null) {
        failing.stop();
        Executor later = CompletableFuture.delayedExecutor(SECONDS_AWAY, TimeUnit.SECONDS);
        BACK.set(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    failing.startAgain();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                later));
      }
      List<ViewRow> rows =
          LongStream.range(0, size).mapToObj(i -> ViewRow.of(number + "-" + i, 1, i)).toList();
      out.output(Batch.of(rows));
    }
  }
}
