package org.kappabeam.transforms.cassandra;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewContract;
import org.kappabeam.transforms.view.ViewGuarantee;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

class CassandraViewIT extends ViewContract {
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static @Nullable CassandraServer server;

  /** Started on first use: property tests know no @BeforeAll. It ends with this process. */
  private static synchronized CassandraServer server() {
    if (server == null) {
      server = CassandraServer.start(directory());
    }
    return server;
  }

  private static Path directory() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      return Files.createTempDirectory(target, "cassandra");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String freshKeyspace() {
    String keyspace = "test_" + KEYSPACES.incrementAndGet();
    server().createKeyspace(keyspace);
    return keyspace;
  }

  private static String uri(String keyspace) {
    try {
      return server().uri(keyspace);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Views freshViews() {
    return Views.at(uri(freshKeyspace()), 1);
  }

  @Override
  protected Optional<String> cannot(ViewGuarantee guarantee) {
    return guarantee == ViewGuarantee.SNAPSHOTS
        ? Optional.of("Cassandra has neither transactions over rows nor snapshots")
        : Optional.empty();
  }

  @Override
  protected void stopStore() throws InterruptedException {
    server().kill();
  }

  @Override
  protected void startStore() throws IOException, InterruptedException {
    server().startAgain();
  }

  @Test
  void peopleReadColumnsThroughThePointer() {
    String keyspace = freshKeyspace();
    try (ViewStore store = Views.at(uri(keyspace), 3).open();
        CqlSession people = server().session()) {
      store.create(SMALL);
      store.upsert(SMALL, List.of(ViewRow.of("a", 17, 5L)));
      Row pointer =
          people
              .execute(
                  "SELECT generation FROM "
                      + keyspace
                      + ".kappa_views WHERE bucket = 0 AND name = 'small'")
              .one();
      assertThat(pointer.getInt("generation"), is(3));
      // CRC-32 of "a" is 3904355907, which is 3 modulo 64.
      Row row =
          people
              .execute(
                  "SELECT data.amount, writetime(data) AS evidence FROM "
                      + keyspace
                      + ".small__g3 WHERE bucket = 3 AND id = 'a'")
              .one();
      assertThat(row.getLong(0), is(5L));
      assertThat(row.getLong("evidence"), is(17L));
    }
  }

  @Test
  void peopleSeeNativeTypes() {
    String keyspace = freshKeyspace();
    try (ViewStore store = Views.at(uri(keyspace), 1).open();
        CqlSession people = server().session()) {
      store.create(EVERYTHING);
      Row type =
          people
              .execute(
                  "SELECT field_types FROM system_schema.types WHERE keyspace_name = '"
                      + keyspace
                      + "' AND type_name = 'everything__g1_row'")
              .one();
      assertThat(
          type.getList(0, String.class),
          contains(
              "bigint",
              "boolean",
              "bigint",
              "double",
              "boolean",
              "text",
              "bigint",
              "decimal",
              "blob",
              "frozen<list<text>>",
              "frozen<list<bigint>>"));
    }
  }

  @Test
  void aTableKeepsTheBucketsItWasMadeWith() {
    String uri = uri(freshKeyspace());
    List<ViewRow> rows =
        LongStream.range(100, 400).mapToObj(i -> ViewRow.of("k" + i, 1, i)).toList();
    try (ViewStore few = Views.at(uri + "&buckets=3&inFlight=1", 1).open();
        ViewStore many = Views.at(uri + "&buckets=500&consistency=ALL", 1).open()) {
      few.create(SMALL);
      many.create(SMALL);
      few.upsert(SMALL, rows.subList(0, 150));
      many.upsert(SMALL, rows.subList(100, 300));
      assertThat(rows(few, SMALL, true), equalTo(rows));
      assertThat(rows(many, SMALL, true), equalTo(rows));
    }
  }

  @Test
  void aViewOfManyPagesIsReadInOrder() {
    Views views = Views.at(uri(freshKeyspace()) + "&buckets=2", 1);
    int n = 20_000;
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      store.upsert(SMALL, LongStream.range(0, n).mapToObj(i -> ViewRow.of("k" + i, 1, i)).toList());
      List<ViewRow> all = rows(store, SMALL, false);
      assertThat(all, hasSize(n));
      assertThat(all, equalTo(all.stream().sorted((a, b) -> a.key().compareTo(b.key())).toList()));
      assertThat(store.count(SMALL), is((long) n));
    }
  }

  @Test
  void aColumnThatChangesItsTypeIsOneClearLine() {
    ViewSchema other = ViewSchema.named("small", "id").column("amount", ColumnType.TEXT).build();
    try (ViewStore store = freshViews().open()) {
      store.create(SMALL);
      KappaException e = assertThrows(KappaException.class, () -> store.create(other));
      assertThat(e.getMessage(), containsString("amount of type bigint, not text"));
      assertThat(e.getMessage(), containsString("new generation"));
    }
  }

  @Test
  void theLockOfAClientThatDiedExpires() {
    String keyspace = freshKeyspace();
    ViewSchema other = ViewSchema.named("other", "id").column("note", ColumnType.TEXT).build();
    try (ViewStore store = Views.at(uri(keyspace), 1).open();
        CqlSession people = server().session()) {
      store.create(SMALL);
      people.execute(
          "INSERT INTO "
              + keyspace
              + ".kappa_locks (name, owner) VALUES ('other', uuid()) IF NOT EXISTS USING TTL 4");
      long start = System.nanoTime();
      store.create(SMALL);
      store.create(other);
      assertThat(System.nanoTime() - start, greaterThan(TimeUnit.SECONDS.toNanos(2)));
      store.upsert(other, List.of(ViewRow.of("a", 1, "made")));
      assertThat(store.count(other), is(1L));
    }
  }

  @Test
  void namesThatCassandraCannotHoldAreOneClearLine() {
    ViewSchema reserved = ViewSchema.named("small", "bucket").build();
    ViewSchema taken = ViewSchema.named("small", "id").column("withdrawn", ColumnType.LONG).build();
    ViewSchema tooLong = ViewSchema.named("x".repeat(45), "id").build();
    try (ViewStore store = freshViews().open()) {
      for (ViewSchema schema : List.of(reserved, taken)) {
        assertThat(
            assertThrows(KappaException.class, () -> store.create(schema)).getMessage(),
            containsString("choose another name"));
      }
      assertThat(
          assertThrows(KappaException.class, () -> store.create(tooLong)).getMessage(),
          containsString("shorter name"));
      store.create(SMALL);
      String key = "ä".repeat(40_000);
      assertThat(
          assertThrows(
                  KappaException.class, () -> store.upsert(SMALL, List.of(ViewRow.of(key, 1, 1L))))
              .getMessage(),
          containsString("65,535 bytes"));
    }
  }

  @Test
  void anUnreachableServerIsOneClearLineThatMayPass() {
    KappaException e =
        assertThrows(
            KappaException.class, () -> Views.at("cassandra://localhost:1/views", 1).open());
    assertThat(e.getMessage(), containsString("see that the cluster runs"));
    assertThat(e.getMessage().lines().count(), is(1L));
    assertThat(ViewUnavailableException.isCauseOf(e), is(true));
  }

  @Test
  void aMissingKeyspaceIsOneClearLine() {
    KappaException e = assertThrows(KappaException.class, () -> Views.at(uri("nowhere"), 1).open());
    assertThat(e.getMessage(), containsString("no such keyspace"));
  }

  @Test
  void aDatacenterThatIsNotThereIsOneClearLine() {
    Views views = Views.at(uri(freshKeyspace()) + "&datacenter=elsewhere", 1);
    KappaException e =
        assertThrows(
            KappaException.class,
            () -> {
              try (ViewStore store = views.open()) {
                store.create(SMALL);
              }
            });
    assertThat(e.getMessage(), containsString("datacenter="));
    try (ViewStore store = Views.at(views.uri().replace("elsewhere", "datacenter1"), 1).open()) {
      store.create(SMALL);
      assertThat(store.count(SMALL), is(0L));
    }
  }

  @Test
  void aWrongPasswordIsOneClearLineThatDoesNotRepeatIt(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "s3cret");
    String uri =
        "cassandra://localhost:%d/views?user=cassandra&passwordFile=%s"
            .formatted(server().port(), file);
    KappaException e = assertThrows(KappaException.class, () -> Views.at(uri, 1).open());
    assertThat(e.getMessage(), containsString("refuses user or password"));
    assertThat(e.toString() + e.getCause(), not(containsString("s3cret")));
  }

  @Test
  void tlsTrustsTheCertificatesOfTheFileAndNoOthers() {
    String uri = uri(freshKeyspace());
    try (ViewStore store = Views.at(uri + "&tlsCaFile=" + server().caFile(), 1).open()) {
      store.create(SMALL);
      store.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L)));
      assertThat(store.count(SMALL), is(1L));
    }
    assertThrows(KappaException.class, () -> Views.at(uri + "&tls=true", 1).open());
  }
}
