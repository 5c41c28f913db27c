package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogRecord;

/** The live part of a log, from a list: a record is a batch. Split by partition number. */
final class ListedSource extends UnboundedSource<LogBatch, ArchiveMark> {
  private final transient List<LogRecord> records;
  private final long lateness;

  ListedSource(List<LogRecord> records, long lateness) {
    this.records = records;
    this.lateness = lateness;
  }

  @Override
  public List<ListedSource> split(int n, PipelineOptions options) {
    List<ListedSource> splits = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int split = i;
      splits.add(
          new ListedSource(
              records.stream()
                  .filter(r -> Integer.parseInt(r.position().partition()) % n == split)
                  .toList(),
              lateness));
    }
    return splits;
  }

  @Override
  public UnboundedReader<LogBatch> createReader(
      PipelineOptions options, @Nullable ArchiveMark mark) {
    ListedSource source = this;
    return new UnboundedReader<>() {
      private int next = mark == null ? 0 : mark.piece();

      @Override
      public boolean start() {
        return advance();
      }

      @Override
      public boolean advance() {
        next++;
        return next <= records.size();
      }

      @Override
      public LogBatch getCurrent() {
        return LogBatch.of(List.of(records.get(next - 1)));
      }

      @Override
      public Instant getCurrentTimestamp() {
        return ArchiveTimes.timestamp(getCurrent(), lateness);
      }

      @Override
      public Instant getWatermark() {
        return next > records.size()
            ? BoundedWindow.TIMESTAMP_MAX_VALUE
            : ArchiveTimes.minus(records.get(Math.max(0, next - 1)).logTime(), lateness);
      }

      @Override
      public ArchiveMark getCheckpointMark() {
        return ArchiveMark.of(next, 0);
      }

      @Override
      public ListedSource getCurrentSource() {
        return source;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Coder<ArchiveMark> getCheckpointMarkCoder() {
    return new ArchiveMark.MarkCoder();
  }

  @Override
  public Coder<LogBatch> getOutputCoder() {
    return LogBatchCoder.of();
  }
}
