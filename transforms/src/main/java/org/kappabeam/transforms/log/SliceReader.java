package org.kappabeam.transforms.log;

import java.util.NoSuchElementException;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;

/** Reads a part of a slice, batch by batch: what the readers of all logs have in common. */
public abstract class SliceReader extends BoundedReader<LogBatch> {
  private final BoundedSource<LogBatch> source;
  private @Nullable LogBatch current;

  /** Asked for by other threads. */
  private volatile double fraction;

  protected SliceReader(BoundedSource<LogBatch> source) {
    this.source = source;
  }

  /** Connects to the log; called once, before anything is read. */
  protected abstract void open();

  /** The next batch, {@code null} at the end. */
  protected abstract @Nullable LogBatch next();

  /**
   * The element timestamp of a batch. The past of a slice is complete, so the only use of it is to
   * tell how far a reader is.
   */
  protected Instant timestamp(LogBatch batch) {
    return LogTimes.timestamp(batch, 0);
  }

  /**
   * Tells how much is read.
   *
   * @param share of the whole, 0 to 1
   */
  protected final void progress(double share) {
    fraction = share;
  }

  @Override
  public final boolean start() {
    open();
    return advance();
  }

  @Override
  public final boolean advance() {
    current = next();
    if (current == null) {
      fraction = 1;
      return false;
    }
    return true;
  }

  @Override
  public final LogBatch getCurrent() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    return current;
  }

  @Override
  public final Instant getCurrentTimestamp() {
    return timestamp(getCurrent());
  }

  @Override
  public final Double getFractionConsumed() {
    return fraction;
  }

  @Override
  public final BoundedSource<LogBatch> getCurrentSource() {
    return source;
  }

  @Override
  public abstract void close();
}
