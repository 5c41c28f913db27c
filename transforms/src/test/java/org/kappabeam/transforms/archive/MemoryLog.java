package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/** A log in this process, to have something to archive. It can forget its oldest records. */
final class MemoryLog implements Log {
  private static final int BATCH = 7;

  private final String uri;
  private final transient Map<String, List<LogRecord>> partitions = new TreeMap<>();
  private final transient Map<String, Long> firsts = new TreeMap<>();

  MemoryLog(String uri, int partitions) {
    this.uri = uri;
    for (int i = 0; i < partitions; i++) {
      addPartition(Integer.toString(i));
    }
  }

  void addPartition(String name) {
    partitions.put(name, new ArrayList<>());
    firsts.put(name, 0L);
  }

  void removePartition(String name) {
    partitions.remove(name);
  }

  /** Retention: offsets below are gone. */
  void forget(String partition, long below) {
    firsts.put(partition, below);
  }

  List<LogRecord> append(List<LogRecord> records) {
    List<LogRecord> written = new ArrayList<>();
    for (LogRecord record : records) {
      List<LogRecord> all = partitions.get(record.position().partition());
      LogRecord placed =
          LogRecord.of(
              LogPosition.of(record.position().partition(), all.size()),
              record.logTime(),
              record.key(),
              record.value(),
              record.headers());
      all.add(placed);
      written.add(placed);
    }
    return written;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Slice resolve(String from, String until) {
    List<Slice.Range> ranges = new ArrayList<>();
    partitions.forEach(
        (name, records) -> {
          long end = records.size();
          ranges.add(Slice.Range.of(name, from.equals("earliest") ? firsts.get(name) : end, end));
        });
    return Slice.of(ranges);
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    List<LogBatch> batches = new ArrayList<>();
    for (Slice.Range range : slice.ranges()) {
      List<LogRecord> records =
          partitions.get(range.partition()).subList((int) range.from(), (int) range.until());
      for (int i = 0; i < records.size(); i += BATCH) {
        batches.add(LogBatch.of(records.subList(i, Math.min(records.size(), i + BATCH))));
      }
    }
    return Create.of(batches).withCoder(LogBatchCoder.of());
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    return slice(slice, 0);
  }
}
