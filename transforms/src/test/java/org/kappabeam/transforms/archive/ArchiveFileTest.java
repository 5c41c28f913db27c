package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;

class ArchiveFileTest {
  @TempDir private Path dir;

  private ArchiveStore store() {
    return new ArchiveStore(ArchiveUri.parse(Archives.uri(dir)));
  }

  @Test
  void manyRecordsAreReadFromAnyOffsetToAnyOther() throws Exception {
    List<LogRecord> records = Archives.placed(100, Archives.records("0", 0, 30_000, 1));
    Archives.commit(dir, 1, Slice.of(List.of(Slice.Range.of("0", 100, 30_100))), records);
    ArchiveLog log = ArchiveLog.of(Archives.uri(dir));
    for (int[] range :
        new int[][] {{100, 30_100}, {100, 101}, {12_345, 25_678}, {30_099, 30_100}}) {
      Slice slice = Slice.of(List.of(Slice.Range.of("0", range[0], range[1])));

      assertThat(Archives.read(log, slice), is(records.subList(range[0] - 100, range[1] - 100)));
    }
  }

  @Test
  void noBatchIsTooLong() {
    List<LogRecord> records = Archives.placed(0, Archives.records("0", 0, 20_000, 1));
    ArchivedFile file = write(List.of(LogBatch.of(records)));
    int batches = 0;
    try (ArchiveFileReader reader =
        ArchiveFileReader.open(store(), ArchivePiece.of(file, 0, 20_000))) {
      for (LogBatch batch = reader.next(); batch != null; batch = reader.next()) {
        batches++;
        assertThat(batch.size(), is(lessThanOrEqualTo(5_000)));
      }
    }
    assertThat(batches, is(greaterThan(3)));
  }

  @Test
  void whateverTheOrderOfBatchesTheFileIsTheSame() throws IOException {
    List<LogBatch> batches = new ArrayList<>();
    List<LogRecord> records = Archives.placed(0, Archives.records("0", 0, 40_000, 1));
    for (int i = 0; i < records.size(); i += 1_000) {
      batches.add(LogBatch.of(records.subList(i, i + 1_000)));
    }
    ArchivedFile inOrder = write(batches);
    byte[] expected = Files.readAllBytes(dir.resolve(inOrder.path()));
    batches.addAll(batches.subList(3, 9));
    Collections.shuffle(batches, new Random(7));
    ArchivedFile shuffled = write(batches);

    assertThat(shuffled, is(inOrder));
    assertThat(Files.readAllBytes(dir.resolve(shuffled.path())), is(expected));
    assertThat(shuffled.records(), is(40_000L));
    assertThat(shuffled.bytes(), is((long) expected.length));
  }

  @Test
  void aDamagedBlockIsNoticedWhenItIsRead() throws IOException {
    List<LogRecord> records = Archives.placed(0, Archives.records("0", 0, 2_000, 1));
    ArchivedFile file = write(List.of(LogBatch.of(records)));
    Path path = dir.resolve(file.path());
    byte[] sound = Files.readAllBytes(path);
    int noticed = 0;
    Random random = new Random(3);
    for (int i = 0; i < 20; i++) {
      byte[] damaged = sound.clone();
      // Behind the header, before the mark that ends the block.
      int at = 1_500 + random.nextInt(sound.length - 1_500 - 16);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(path, damaged);
      KappaException failure = assertThrows(KappaException.class, () -> readAll(file));
      assertThat(failure.getMessage(), containsString("is damaged"));
      noticed++;
    }
    assertThat(noticed, is(20));
  }

  @Test
  void aPartitionOfAnyNameIsOneDirectory() {
    assertThat(
        ArchivePath.of("../a b/ü", Archives.EPOCH, 0, 1),
        is(
            "log_date=2026-01-01/partition=..%2Fa%20b%2F%C3%BC/"
                + "00000000000000000000-00000000000000000001.avro"));
    assertThat(
        ArchivePath.of("shardId-000000000001", -1, 0, 1),
        containsString("log_date=1969-12-31/partition=shardId-000000000001/"));
  }

  private ArchivedFile write(List<LogBatch> batches) {
    try (Spool spool = new Spool()) {
      batches.forEach(spool::add);
      return ArchiveFileWriter.write(
          store(), ArchivePath.of("0", Archives.EPOCH, 0, 60_000), spool);
    }
  }

  private int readAll(ArchivedFile file) {
    int records = 0;
    try (ArchiveFileReader reader =
        ArchiveFileReader.open(store(), ArchivePiece.of(file, 0, Long.MAX_VALUE))) {
      for (LogBatch batch = reader.next(); batch != null; batch = reader.next()) {
        records += batch.size();
      }
    }
    return records;
  }
}
