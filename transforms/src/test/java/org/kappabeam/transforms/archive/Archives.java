package org.kappabeam.transforms.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/** What the tests of archives have in common. */
final class Archives {
  /** 2026-01-01T00:00:00Z. */
  static final long EPOCH = 1_767_225_600_000L;

  static final long FILE_RECORDS = 10;

  private Archives() {}

  static String uri(Path directory) {
    return "archive://" + directory.toAbsolutePath();
  }

  /** Copies what is missing up to the log's end, as the command does. */
  static void copy(Log log, String archive) {
    copy(log, archive, 0);
  }

  static void copy(Log log, String archive, long commitRecords) {
    ArchiveCopy.plan(log, archive, "earliest", "latest", false)
        .steps(commitRecords, FILE_RECORDS, 0)
        .forEach(Archives::run);
  }

  static void run(ArchiveStep step) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    pipeline.apply(step);
    pipeline.run().waitUntilFinish();
  }

  /** Writes a commit without a pipeline: the records of each partition in one file. */
  static void commit(Path directory, int number, Slice slice, List<LogRecord> records) {
    ArchiveStore store = new ArchiveStore(ArchiveUri.parse(uri(directory)));
    List<ArchivedFile> files = new ArrayList<>();
    for (Slice.Range range : slice.ranges()) {
      List<LogRecord> own =
          records.stream().filter(r -> r.position().partition().equals(range.partition())).toList();
      if (!own.isEmpty()) {
        String path =
            ArchivePath.of(range.partition(), own.get(0).logTime(), range.from(), range.until());
        try (Spool spool = new Spool()) {
          spool.add(LogBatch.of(own));
          files.add(ArchiveFileWriter.write(store, path, spool));
        }
      }
    }
    store.createWhole(
        Manifest.path(number),
        ManifestJson.write(Manifest.of(number, "memory:log", slice.ranges(), files)));
  }

  /** Gives records the offsets from {@code first} on. */
  static List<LogRecord> placed(long first, List<LogRecord> records) {
    List<LogRecord> placed = new ArrayList<>();
    for (LogRecord record : records) {
      placed.add(
          LogRecord.of(
              LogPosition.of(record.position().partition(), first + placed.size()),
              record.logTime(),
              record.key(),
              record.value(),
              record.headers()));
    }
    return placed;
  }

  /** Records of a partition, so many seconds apart. */
  static List<LogRecord> records(String partition, int from, int until, long seconds) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = from; i < until; i++) {
      records.add(
          LogRecord.of(
              LogPosition.of(partition, 0),
              EPOCH + i * seconds * 1_000,
              ("k" + i).getBytes(UTF_8),
              ("value " + i).getBytes(UTF_8),
              List.of()));
    }
    return records;
  }

  /** Everything in the archive, partition by partition, in the order of offsets. */
  static List<LogRecord> read(String archive) throws Exception {
    ArchiveLog log = ArchiveLog.of(archive);
    return read(log, log.resolve("earliest", "latest"));
  }

  static List<LogRecord> read(ArchiveLog log, Slice slice) throws Exception {
    List<LogRecord> records = read(log.sliceSource(slice, 0));
    records.sort(
        (a, b) -> {
          int partitions = a.position().partition().compareTo(b.position().partition());
          return partitions != 0
              ? partitions
              : Long.compare(a.position().offset(), b.position().offset());
        });
    return records;
  }

  static List<LogRecord> read(BoundedSource<LogBatch> source) throws Exception {
    List<LogRecord> records = new ArrayList<>();
    try (BoundedSource.BoundedReader<LogBatch> reader =
        source.createReader(PipelineOptionsFactory.create())) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        for (int i = 0; i < reader.getCurrent().size(); i++) {
          records.add(reader.getCurrent().record(i));
        }
      }
    }
    return records;
  }
}
