package org.kappabeam.pipelines.pilot;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.util.construction.UnboundedReadFromBoundedSource.BoundedToUnboundedSourceAdapter;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/**
 * Stands for a log in a graph that is only looked at. Its steps have the names of the real ones.
 */
final class UnaskedLog implements Log {
  private final String uri;

  UnaskedLog(String uri) {
    this.uri = uri;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Slice resolve(String from, String until) {
    throw new UnsupportedOperationException("a log that is only looked at has no positions");
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    return Read.from(new BoundedToUnboundedSourceAdapter<>(new UnaskedSource()));
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    return Read.from(new UnaskedSource());
  }

  private static final class UnaskedSource extends BoundedSource<LogBatch> {
    @Override
    public List<? extends BoundedSource<LogBatch>> split(long size, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return 0;
    }

    @Override
    public BoundedReader<LogBatch> createReader(PipelineOptions options) {
      throw new UnsupportedOperationException("a log that is only looked at is not read");
    }

    @Override
    public Coder<LogBatch> getOutputCoder() {
      return LogBatchCoder.of();
    }
  }
}
