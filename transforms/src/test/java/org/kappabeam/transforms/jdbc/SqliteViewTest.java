package org.kappabeam.transforms.jdbc;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.transforms.view.ViewGuarantee;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

class SqliteViewTest extends JdbcViewContract {
  private static final AtomicInteger FILES = new AtomicInteger();
  private static final Path DIRECTORY = directory();

  /** Below the build's own directory: property tests know no @TempDir. */
  private static Path directory() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "sqlite");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  protected Views freshViews() {
    return Views.at(
        "sqlite:" + DIRECTORY.resolve("made/for/it/views" + FILES.incrementAndGet() + ".db"), 1);
  }

  @Override
  protected Optional<String> cannot(ViewGuarantee guarantee) {
    return guarantee == ViewGuarantee.OUTAGE
        ? Optional.of("a file has no server that could be away")
        : Optional.empty();
  }

  @Test
  void peopleSeeTimesAsText() throws SQLException {
    Views views = freshViews();
    try (ViewStore store = views.open();
        Connection connection = people(views)) {
      store.create(EVERYTHING);
      for (long micros : new long[] {0, -1, 1_522_540_831_000_001L, Long.MAX_VALUE}) {
        store.upsert(EVERYTHING, List.of(everything("t" + micros, null, null, null, null, micros)));
      }
      store.upsert(EVERYTHING, List.of(everything("u")));
      assertThat(
          query(connection, "SELECT coalesce(seen_at, 'none') FROM everything ORDER BY \"order\""),
          contains(
              "1969-12-31 23:59:59.999999",
              "1970-01-01 00:00:00.000000",
              "2018-04-01 00:00:31.000001",
              Long.toString(Long.MAX_VALUE),
              "none"));
    }
  }

  @Test
  void listsAreJson() throws SQLException {
    Views views = freshViews();
    try (ViewStore store = views.open();
        Connection connection = people(views)) {
      store.create(EVERYTHING);
      store.upsert(
          EVERYTHING,
          List.of(
              everything(
                  "k",
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  List.of("a", "b\""),
                  List.of(7L))));
      assertThat(
          query(connection, "SELECT tags || counts FROM everything"),
          contains("[\"a\",\"b\\\"\"][7]"));
      assertThat(
          query(connection, "SELECT value FROM everything, json_each(tags)"), contains("a", "b\""));
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsOneClearLine(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Views below = Views.at("sqlite:" + file.resolve("views.db"), 1);
    assertThat(
        assertThrows(KappaException.class, below::open).getMessage(),
        containsString("directory you may write to"));
    Views isDirectory = Views.at("sqlite:" + directory, 1);
    assertThat(
        assertThrows(KappaException.class, isDirectory::open).getMessage(),
        containsString("cannot be written"));
  }

  @Test
  void aDamagedFileIsOneClearLine(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("views.db");
    byte[] garbage = new byte[8_192];
    Arrays.fill(garbage, (byte) 'x');
    Files.write(file, garbage);
    Views views = Views.at("sqlite:" + file, 1);
    assertThat(
        assertThrows(KappaException.class, views::open).getMessage(), containsString("damaged"));
  }

  @Test
  void aFileOfAKilledWriterIsWhole(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("views.db");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndlessWriter.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try (var output = writer.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.equals(EndlessWriter.READY)) {
        line = output.readLine();
      }
      assertThat("the writer came to write", line, is(EndlessWriter.READY));
    } finally {
      writer.destroyForcibly().waitFor();
    }
    Views views = Views.at("sqlite:" + file, 1);
    try (ViewStore store = views.open();
        Connection connection = people(views)) {
      assertThat(query(connection, "PRAGMA integrity_check"), contains("ok"));
      assertThat("whole transactions", store.count(SMALL) % EndlessWriter.ROWS, is(0L));
      store.upsert(SMALL, List.of(ViewRow.of("after", 1, 1L)));
    }
  }

  /** Writes until it is killed. */
  static final class EndlessWriter {
    static final String READY = "ready";
    static final int ROWS = 500;

    private EndlessWriter() {}

    public static void main(String[] args) {
      try (ViewStore store = Views.at("sqlite:" + args[0], 1).open()) {
        store.create(SMALL);
        for (long batch = 0; batch < Long.MAX_VALUE; batch++) {
          ViewRow[] rows = new ViewRow[ROWS];
          for (int i = 0; i < ROWS; i++) {
            rows[i] = ViewRow.of("k" + batch + "-" + i, 1, batch);
          }
          store.upsert(SMALL, List.of(rows));
          if (batch == 20) {
            System.out.println(READY);
            System.out.flush();
          }
        }
      }
    }
  }
}
