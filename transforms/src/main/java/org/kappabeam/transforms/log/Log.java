package org.kappabeam.transforms.log;

import java.io.Serializable;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;

/**
 * The immutable source of truth behind one interface. Implementations say in their package what
 * they guarantee; all pass the same contract test.
 */
public interface Log extends Serializable {

  /** The URI this log was named by, without secrets. */
  String uri();

  /**
   * Pins a part of the log, once.
   *
   * @param from {@code earliest}, {@code latest}, or an instant (ISO-8601, log time)
   * @param until {@code latest}, {@code never} (an open end, for a live read), or an instant
   * @throws org.kappabeam.coders.KappaException if the log cannot be reached or does not exist
   */
  Slice resolve(String from, String until);

  /**
   * What {@link #resolve} pins if the log need not be asked for it: a read without an end that
   * begins where the log stands by itself. Empty if the log has to be asked.
   *
   * @throws org.kappabeam.coders.KappaException if the log has no such bounds
   */
  default Optional<Slice> resolveUnasked(String from, String until) {
    return Optional.empty();
  }

  /**
   * Reads on as the log grows, from the slice's start to its end or, if that is open, for ever. The
   * watermark is log time − {@code allowedLatenessMillis}; idle partitions follow the log's clock.
   */
  PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis);

  /**
   * Reads a pinned slice as a bounded collection.
   *
   * @param desiredRanges into how many sub-ranges to split at least, where there are enough
   *     records; 0 leaves it to the runner
   */
  PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges);

  /**
   * The same log for a reader of its own name beside others, where the log keeps something for each
   * reader, such as the offsets that show its lag.
   *
   * @param name appended to the usual one
   */
  default Log asConsumer(String name) {
    return this;
  }
}
