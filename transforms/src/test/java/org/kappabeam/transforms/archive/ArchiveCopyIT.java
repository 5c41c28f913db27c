package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;

class ArchiveCopyIT {
  private static final int DAY_SECONDS = 86_400;

  @TempDir private Path dir;
  private String archive;
  private MemoryLog log;
  private List<LogRecord> written;

  @BeforeEach
  void fill() {
    archive = Archives.uri(dir);
    log = new MemoryLog("memory:log", 2);
    written = new ArrayList<>();
    append("0", 0, 25, 1);
    append("1", 0, 8, 1);
  }

  private void append(String partition, int from, int until, long seconds) {
    written.addAll(log.append(Archives.records(partition, from, until, seconds)));
    written.sort(
        (a, b) -> {
          int partitions = a.position().partition().compareTo(b.position().partition());
          return partitions != 0
              ? partitions
              : Long.compare(a.position().offset(), b.position().offset());
        });
  }

  @Test
  void filesLieByDayAndPartitionAndAreCutAtMultiples() throws Exception {
    append("1", 8, 11, DAY_SECONDS);
    Archives.copy(log, archive);

    assertThat(
        files().keySet(),
        contains(
            "_manifests/00000001.json",
            file("2026-01-01", "0", 0, 10),
            file("2026-01-01", "0", 10, 20),
            file("2026-01-01", "0", 20, 25),
            file("2026-01-01", "1", 0, 10),
            file("2026-01-09", "1", 0, 10),
            file("2026-01-10", "1", 0, 10),
            file("2026-01-11", "1", 10, 11)));
    assertThat(Archives.read(archive), is(written));
    assertSound();
  }

  @Test
  void laterRunsGoOnWhereTheLastOneEnded() throws Exception {
    Archives.copy(log, archive);
    append("0", 25, 32, 1);
    log.addPartition("2");
    append("2", 0, 3, 1);
    Archives.copy(log, archive);
    Archives.copy(log, archive);

    assertThat(Archives.read(archive), is(written));
    assertThat(
        files().keySet().stream().filter(path -> path.startsWith("_manifests")).toList(),
        contains("_manifests/00000001.json", "_manifests/00000002.json"));
    assertThat(files().keySet(), hasItem(file("2026-01-01", "0", 25, 30)));
    assertSound();
  }

  @Test
  void aCopyInSeveralCommitsIsTheSame() throws Exception {
    Archives.copy(log, archive, 12);

    List<String> manifests =
        files().keySet().stream().filter(path -> path.startsWith("_manifests")).toList();
    assertThat(manifests, hasSize(greaterThan(1)));
    assertThat(Archives.read(archive), is(written));
    // No file is cut by a commit.
    assertThat(files().keySet(), hasItem(file("2026-01-01", "0", 10, 20)));
    assertSound();
  }

  @Test
  void aSecondAttemptMakesTheSameFiles() throws Exception {
    Archives.copy(log, archive);
    Map<String, String> first = files();
    Files.delete(dir.resolve("_manifests/00000001.json"));
    // Left half written by a run that was killed.
    Files.writeString(dir.resolve(file("2026-01-01", "0", 10, 20)), "half");
    Files.writeString(dir.resolve("_manifests/00000001.json.tmp-1"), "{\"format\":");
    assertThrows(KappaException.class, () -> Archives.read(archive));
    Archives.copy(log, archive);
    Files.delete(dir.resolve("_manifests/00000001.json.tmp-1"));

    assertThat(files(), is(first));
    assertSound();
  }

  @Test
  void whatNoManifestNamesIsNoPartOfTheArchive() throws Exception {
    Archives.copy(log, archive);
    Files.copy(
        dir.resolve(file("2026-01-01", "0", 10, 20)), dir.resolve(file("2026-01-01", "0", 11, 20)));

    assertThat(Archives.read(archive), is(written));
    assertThat(ArchiveVerifier.verify(archive, p -> {}, r -> {}).strays(), is(1L));
    assertThat(problems(), is(empty()));
  }

  @Test
  void aGapNamesTheFirstMissingOffsetOfEachPartition() {
    Archives.copy(log, archive);
    append("0", 25, 40, 1);
    append("1", 8, 30, 1);
    log.forget("0", 30);
    log.forget("1", 9);

    assertRefused(
        () -> Archives.copy(log, archive),
        "a gap",
        "partition 0 from offset 25",
        "partition 1 from offset 8");
    assertRefused(
        () -> ArchiveCopy.plan(log, archive, "latest", "latest", false), "partition 0 from");
  }

  @Test
  void aLogThatIsAnotherIsRefused() {
    Archives.copy(log, archive);
    MemoryLog renamed = new MemoryLog("memory:other", 2);
    renamed.append(Archives.records("0", 0, 26, 1));
    renamed.append(Archives.records("1", 0, 8, 1));
    MemoryLog shorter = new MemoryLog("memory:log", 2);
    MemoryLog narrower = new MemoryLog("memory:log", 1);
    narrower.append(Archives.records("0", 0, 26, 1));

    assertRefused(() -> Archives.copy(renamed, archive), "is of memory:log, not of memory:other");
    assertThat(
        ArchiveCopy.plan(renamed, archive, "earliest", "latest", true).slice().size(), is(1L));
    assertRefused(() -> Archives.copy(shorter, archive), "ends at offset 0, before", "25");
    assertRefused(() -> Archives.copy(narrower, archive), "has no partition 1");
    assertRefused(() -> ArchiveCopy.plan(log, archive, "earliest", "never", false), "needs an end");
  }

  @Test
  void twoRunsThatCommitAtOnceAreNoticed() throws Exception {
    ArchiveStep slow =
        ArchiveCopy.plan(log, archive, "earliest", "latest", false)
            .steps(0, Archives.FILE_RECORDS, 0)
            .get(0);
    append("0", 25, 26, 1);
    Archives.copy(log, archive);

    RuntimeException failure = assertThrows(RuntimeException.class, () -> Archives.run(slow));
    assertThat(failure.toString(), containsString("another run has added commit 1"));
    assertThat(Archives.read(archive), is(written));
    assertThat(problems(), is(empty()));
  }

  @Test
  void anyAvroToolReadsTheFiles() throws Exception {
    Archives.copy(log, archive);
    Path file = dir.resolve(file("2026-01-01", "0", 20, 25));
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
      GenericRecord record = reader.next();

      assertThat(reader.getMetaString("avro.codec"), is("zstandard"));
      assertThat(record.get("partition").toString(), is("0"));
      assertThat(record.get("offset"), is(20L));
      assertThat(record.get("logTime"), is(Archives.EPOCH + 20_000));
      assertThat(
          StandardCharsets.UTF_8.decode((ByteBuffer) record.get("value")).toString(),
          is("value 20"));
      assertThat((List<?>) record.get("headers"), is(empty()));
    }
  }

  @Test
  void filesOfAnotherToolThatHaveTheSchemaAreRead() throws Exception {
    Archives.copy(log, archive);
    Path file = dir.resolve(file("2026-01-01", "0", 20, 25));
    // Avro's own writer, which may encode the same in another way.
    Path rewritten = dir.resolve("rewritten");
    try (DataFileReader<GenericRecord> reader =
            new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
        DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
      writer.create(reader.getSchema(), rewritten.toFile());
      for (GenericRecord record : reader) {
        writer.append(record);
      }
    }
    Files.move(rewritten, file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(Archives.read(archive), is(written));
  }

  @Test
  void verifyTellsEveryDamageInALine() throws Exception {
    Archives.copy(log, archive);
    Path missing = dir.resolve(file("2026-01-01", "0", 0, 10));
    Path flipped = dir.resolve(file("2026-01-01", "0", 10, 20));
    Path cut = dir.resolve(file("2026-01-01", "0", 20, 25));
    Files.delete(missing);
    byte[] bytes = Files.readAllBytes(flipped);
    bytes[bytes.length - 30] ^= 1;
    Files.write(flipped, bytes);
    bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 7));

    List<String> problems = problems();
    assertThat(problems, hasSize(3));
    assertThat(problems.get(0), allOf(startsWith(relative(missing)), containsString("no file")));
    assertThat(problems.get(1), is(relative(flipped) + ": the checksum differs"));
    assertThat(
        problems.get(2),
        allOf(startsWith(relative(cut)), endsWith("bytes, should be " + bytes.length)));
    KappaException failure = assertThrows(KappaException.class, () -> Archives.read(archive));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void verifyComparesWhatManifestsSayWithWhatIsThere() throws Exception {
    Archives.copy(log, archive);
    Path manifest = dir.resolve("_manifests/00000001.json");
    String sound = Files.readString(manifest);
    for (String[] change :
        new String[][] {
          {"\"records\" : 5,", "\"records\" : 6,", "5 records, should be 6"},
          {"\"lastOffset\" : 24", "\"lastOffset\" : 23", "records, should be"},
          {"2026-01-01T00:00:20Z", "2026-01-01T00:00:19Z", "log times"},
          {"\"until\" : 25", "\"until\" : 24", "that commit 1 does not"},
        }) {
      Files.writeString(manifest, sound.replace(change[0], change[1]));

      assertThat(problems(), hasItem(containsString(change[2])));
    }
    for (String[] change :
        new String[][] {
          {"\"version\" : 1", "\"version\" : 2", "has version 2"},
          {"\"kappa-archive\"", "\"other\"", "it is no manifest"},
          {"\"number\" : 1", "\"number\" : 2", "has no manifest _manifests/00000001.json"},
          {"\"ranges\"", "\"rngs\"", "cannot be read"},
          {"}", "", "cannot be read"},
        }) {
      Files.writeString(manifest, sound.replace(change[0], change[1]));

      assertRefused(() -> Archives.read(archive), change[2]);
    }
  }

  @Test
  void aLostOrStrangeManifestIsNoticed() throws Exception {
    Archives.copy(log, archive);
    append("0", 25, 30, 1);
    Archives.copy(log, archive);
    append("0", 30, 40, 1);
    Archives.copy(log, archive);
    Path second = dir.resolve("_manifests/00000002.json");
    String sound = Files.readString(second);
    Files.writeString(second, sound.replace("\"from\" : 25", "\"from\" : 26"));
    assertRefused(() -> Archives.read(archive), "has a gap", "ends at offset 25", "at 26");
    Files.writeString(second, sound.replace("\"from\" : 25", "\"from\" : 24"));
    assertRefused(() -> Archives.read(archive), "has a double part");
    Files.delete(second);
    assertRefused(() -> Archives.read(archive), "has no manifest _manifests/00000002.json");
  }

  @Test
  void aSliceBeyondTheArchiveIsRefused() {
    Archives.copy(log, archive);
    ArchiveLog read = ArchiveLog.of(archive);

    assertRefused(
        () -> read.slice(Slice.of(List.of(Slice.Range.of("0", 3, 26))), 0), "[3, 26)", "[0, 25)");
    assertRefused(
        () -> read.slice(Slice.of(List.of(Slice.Range.of("7", 0, 1))), 0), "nothing of it");
    assertRefused(() -> read.resolve("earliest", "never"), "does not grow", "--until=latest");
    assertRefused(
        () -> read.live(Slice.of(List.of(Slice.Range.of("0", 0, Slice.Range.OPEN))), 0),
        "does not grow");
  }

  @Test
  void subRangesAndSplitsReadEachOffsetOnce() throws Exception {
    Archives.copy(log, archive);
    ArchiveLog read = ArchiveLog.of(archive);
    Slice part = Slice.of(List.of(Slice.Range.of("0", 7, 23), Slice.Range.of("1", 3, 3)));
    List<LogRecord> expected =
        written.stream()
            .filter(r -> r.position().partition().equals("0"))
            .filter(r -> r.position().offset() >= 7 && r.position().offset() < 23)
            .toList();
    assertThat(Archives.read(read, part), is(expected));
    for (int ranges : new int[] {1, 3, 16, 100}) {
      List<LogRecord> all = new ArrayList<>();
      List<ArchiveSliceSource> splits =
          read.sliceSource(part, ranges).split(1 << 20, PipelineOptionsFactory.create());
      for (ArchiveSliceSource split : splits) {
        all.addAll(Archives.read(split));
      }
      assertThat(splits.size() >= Math.min(ranges, 16), is(true));
      assertThat(all, is(expected));
    }
  }

  private static void assertRefused(Executable what, String... says) {
    KappaException failure = assertThrows(KappaException.class, what);
    assertThat(failure.getMessage().lines().count(), is(1L));
    for (String text : says) {
      assertThat(failure.getMessage(), containsString(text));
    }
  }

  private void assertSound() {
    List<String> problems = new ArrayList<>();
    ArchiveVerifier.Report report = ArchiveVerifier.verify(archive, problems::add, r -> {});
    assertThat(problems, is(empty()));
    assertThat(report.records(), is((long) written.size()));
    assertThat(report.strays(), is(0L));
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    ArchiveVerifier.Report report = ArchiveVerifier.verify(archive, problems::add, r -> {});
    assertThat(report.problems(), is((long) problems.size()));
    assertThat(
        problems.stream().map(problem -> problem.lines().count()).toList(), everyItem(is(1L)));
    return problems;
  }

  private static String file(String date, String partition, long from, long until) {
    return "log_date=%s/partition=%s/%020d-%020d.avro".formatted(date, partition, from, until);
  }

  private String relative(Path file) {
    return dir.relativize(file).toString();
  }

  /** All files by path, with their bytes in short. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        files.put(
            relative(path),
            HexFormat.of().formatHex(Checksums.newDigest().digest(Files.readAllBytes(path))));
      }
    }
    return files;
  }
}
