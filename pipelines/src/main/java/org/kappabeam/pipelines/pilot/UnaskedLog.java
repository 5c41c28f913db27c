package org.kappabeam.pipelines.pilot;

import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;

/** Stands for a log in a graph that is only looked at: nothing is in it. */
final class UnaskedLog implements Log {
  private final Log log;

  UnaskedLog(Log log) {
    this.log = log;
  }

  @Override
  public String uri() {
    return log.uri();
  }

  @Override
  public Slice resolve(String from, String until) {
    throw new UnsupportedOperationException("a log that is only looked at has no positions");
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    return nothing(PCollection.IsBounded.UNBOUNDED);
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    return nothing(PCollection.IsBounded.BOUNDED);
  }

  private static PTransform<PBegin, PCollection<LogBatch>> nothing(PCollection.IsBounded bounded) {
    return new PTransform<>() {
      @Override
      public PCollection<LogBatch> expand(PBegin begin) {
        return begin
            .apply("Unasked", Create.empty(LogBatchCoder.of()))
            .setIsBoundedInternal(bounded);
      }
    };
  }
}
