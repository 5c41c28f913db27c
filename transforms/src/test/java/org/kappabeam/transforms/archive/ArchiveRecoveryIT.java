package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.kafka.KafkaBroker;

/** {@code kill -9} in the middle of an archive run, and again. */
class ArchiveRecoveryIT {
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 24_000;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

  @TempDir private static Path dir;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() {
    broker = new KafkaBroker(dir.resolve("kafka"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void aRunKilledAtAnyMomentIsCompletedByTheNext() throws Exception {
    String topic = broker.newTopic(PARTITIONS);
    List<LogRecord> written = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      // Over three days.
      written.addAll(
          broker.append(topic, Archives.records(Integer.toString(p), 0, RECORDS / PARTITIONS, 43)));
    }
    Path killed = dir.resolve("killed");
    int kills = 0;
    int files = 0;
    boolean completed = false;
    while (!completed) {
      Process run = archive(topic, killed);
      try {
        // As soon as this run has written some files that were not there.
        completed = awaitFiles(run, killed, files + 23);
        if (!completed) {
          run.destroyForcibly();
          run.waitFor();
          kills++;
        }
      } finally {
        run.destroyForcibly();
      }
      files = count(killed);
      // At every moment, what manifests name is sound.
      if (Files.exists(killed.resolve(Manifest.path(1)))) {
        assertThat(problems(killed), is(empty()));
      }
    }
    assertThat(kills, is(greaterThan(2)));
    assertThat(problems(killed), is(empty()));
    assertThat(Archives.read(Archives.uri(killed)), is(written));

    Path unharmed = dir.resolve("unharmed");
    Process run = archive(topic, unharmed);
    assertThat("ended", run.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS), is(true));
    assertThat(run.exitValue(), is(0));
    assertThat(named(killed), is(named(unharmed)));
  }

  /** Starts a run in a process of its own. */
  private static Process archive(String topic, Path archive) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("@" + System.getProperty("kappa.java.args"));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(ArchiveMain.class.getName());
    command.add(topic);
    command.add(Archives.uri(archive));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("output").toFile())
        .start();
  }

  /** Whether the run ended in good order before there were so many files. */
  private static boolean awaitFiles(Process run, Path archive, int wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (run.isAlive()) {
      if (count(archive) >= wanted) {
        return false;
      }
      assertThat(Files.readString(dir.resolve("output")), System.nanoTime(), lessThan(deadline));
      TimeUnit.MILLISECONDS.sleep(2);
    }
    assertThat(Files.readString(dir.resolve("output")), run.exitValue(), is(0));
    return true;
  }

  private static int count(Path archive) throws IOException {
    if (!Files.exists(archive)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(archive)) {
      return (int) all.filter(path -> path.toString().endsWith(".avro")).count();
    }
  }

  private static List<String> problems(Path archive) {
    List<String> problems = new ArrayList<>();
    ArchiveVerifier.verify(Archives.uri(archive), problems::add, report -> {});
    return problems;
  }

  /** The files that manifests name, with their checksums. */
  private static Map<String, String> named(Path archive) {
    Map<String, String> files = new TreeMap<>();
    Catalog.loadExisting(new ArchiveStore(ArchiveUri.parse(Archives.uri(archive))))
        .manifests()
        .forEach(
            manifest -> manifest.files().forEach(file -> files.put(file.path(), file.sha256())));
    return files;
  }
}
