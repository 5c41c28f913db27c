package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.PDone;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/**
 * Copies one slice to the archive and commits it: records to files, in parallel, and when all of
 * them are written, the manifest. Any part of it may be done again; it leaves the same files.
 */
public final class ArchiveStep extends PTransform<PBegin, PDone> {
  /** Counts records written to files, in the namespace {@code kappa}. */
  public static final String RECORDS = "archived";

  private final ArchiveStore store;
  private final Log log;
  private final int number;
  private final Slice slice;
  private final long fileRecords;
  private final int desiredRanges;

  ArchiveStep(
      ArchiveStore store, Log log, int number, Slice slice, long fileRecords, int desiredRanges) {
    this.store = store;
    this.log = log;
    this.number = number;
    this.slice = slice;
    this.fileRecords = fileRecords;
    this.desiredRanges = desiredRanges;
  }

  /** What is copied; a log may have fewer records than offsets. */
  public Slice slice() {
    return slice;
  }

  @Override
  public PDone expand(PBegin begin) {
    PCollectionView<List<ArchivedFile>> files =
        begin
            .apply("Read log", log.slice(slice, desiredRanges))
            .apply("By file", ParDo.of(new ByFile(slice, fileRecords)))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), LogBatchCoder.of()))
            .apply("Gather files", GroupByKey.create())
            .apply("Write files", ParDo.of(new WriteFile(store)))
            .setCoder(new ArchivedFile.FileCoder())
            .apply("All files", View.asList());
    begin
        .apply("Once", Create.of(number))
        .apply(
            "Commit", ParDo.of(new Commit(store, log.uri(), slice, files)).withSideInputs(files));
    return PDone.in(begin.getPipeline());
  }

  /** Splits batches by the file their records belong to. */
  static final class ByFile extends DoFn<LogBatch, KV<String, LogBatch>> {
    private final Slice slice;
    private final long fileRecords;
    private transient Map<String, Slice.Range> ranges;

    ByFile(Slice slice, long fileRecords) {
      this.slice = slice;
      this.fileRecords = fileRecords;
    }

    @Setup
    public void setup() {
      ranges = new LinkedHashMap<>();
      slice.ranges().forEach(range -> ranges.put(range.partition(), range));
    }

    @ProcessElement
    public void split(@Element LogBatch batch, OutputReceiver<KV<String, LogBatch>> out) {
      Slice.Range range = ranges.get(batch.partition());
      Map<String, BatchColumns> files = new LinkedHashMap<>();
      for (int i = 0; i < batch.size(); i++) {
        // Cut at multiples: a second attempt with another end makes the same files up to there.
        long chunk = batch.offset(i) / fileRecords * fileRecords;
        String path =
            ArchivePath.of(
                batch.partition(),
                batch.logTime(i),
                Math.max(range.from(), chunk),
                chunk > range.until() - fileRecords ? range.until() : chunk + fileRecords);
        files.computeIfAbsent(path, unused -> new BatchColumns(batch.partition())).add(batch, i);
      }
      files.forEach((path, part) -> out.output(KV.of(path, part.batch())));
    }
  }

  private static final class WriteFile extends DoFn<KV<String, Iterable<LogBatch>>, ArchivedFile> {
    private final ArchiveStore store;
    private final Counter records = Metrics.counter("kappa", RECORDS);

    WriteFile(ArchiveStore store) {
      this.store = store;
    }

    @ProcessElement
    public void write(
        @Element KV<String, Iterable<LogBatch>> gathered, OutputReceiver<ArchivedFile> out) {
      try (Spool spool = new Spool()) {
        gathered.getValue().forEach(spool::add);
        ArchivedFile file = ArchiveFileWriter.write(store, gathered.getKey(), spool);
        records.inc(file.records());
        out.output(file);
      }
    }
  }

  /** Writes the manifest: with it, and not before, the files belong to the archive. */
  private static final class Commit extends DoFn<Integer, Void> {
    private final ArchiveStore store;
    private final String log;
    private final Slice slice;
    private final PCollectionView<List<ArchivedFile>> files;

    Commit(ArchiveStore store, String log, Slice slice, PCollectionView<List<ArchivedFile>> files) {
      this.store = store;
      this.log = log;
      this.slice = slice;
      this.files = files;
    }

    @ProcessElement
    public void commit(@Element Integer number, ProcessContext context) {
      List<ArchivedFile> sorted = new ArrayList<>(context.sideInput(files));
      sorted.sort(Comparator.comparing(ArchivedFile::path));
      byte[] manifest = ManifestJson.write(Manifest.of(number, log, slice.ranges(), sorted));
      String path = Manifest.path(number);
      if (store.list(Manifest.ALL).stream().anyMatch(found -> found.path().equals(path))) {
        byte[] there = ManifestJson.write(ManifestJson.read(store, path));
        if (!Arrays.equals(there, manifest)) {
          throw new KappaException(
              "another run has added commit " + number + " to the archive " + store.uri(),
              "let one run at a time write to an archive, then run this again");
        }
        return;
      }
      store.createWhole(path, manifest);
    }
  }
}
