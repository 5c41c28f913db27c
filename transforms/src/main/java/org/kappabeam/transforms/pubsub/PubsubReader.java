package org.kappabeam.transforms.pubsub;

import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogRecord;

/** Emits what a {@link PubsubSession} has received, batch by batch. */
final class PubsubReader extends UnboundedSource.UnboundedReader<LogBatch> {
  private final PubsubSource source;
  private final @Nullable PubsubMark mark;
  private @Nullable PubsubSession session;
  private @Nullable LogBatch current;

  PubsubReader(PubsubSource source, @Nullable PubsubMark mark) {
    this.source = source;
    this.mark = mark;
  }

  @Override
  public boolean start() {
    session = PubsubSession.join(source, mark);
    return advance();
  }

  @Override
  public boolean advance() {
    if (session().isClosing()) {
      // Held up for so long that it counted as gone; what it had comes again.
      session = PubsubSession.join(source, session().mark());
    }
    List<LogRecord> records = session().take();
    current = records.isEmpty() ? null : LogBatch.of(records);
    return current != null;
  }

  @Override
  public LogBatch getCurrent() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    return current;
  }

  /**
   * The earliest event time that is not too late in any of its records. A runner holds the
   * watermark there while the batch is on its way, so no stage settles a time that the batch can
   * still change.
   */
  @Override
  public Instant getCurrentTimestamp() {
    LogBatch batch = getCurrent();
    long lowest = batch.logTime(0);
    for (int i = 1; i < batch.size(); i++) {
      lowest = Math.min(lowest, batch.logTime(i));
    }
    return lessLateness(lowest);
  }

  @Override
  public Instant getWatermark() {
    if (session == null) {
      return lessLateness(mark == null ? PubsubClock.NO_TIME : mark.logTime());
    }
    return session.finished() ? BoundedWindow.TIMESTAMP_MAX_VALUE : lessLateness(session.logTime());
  }

  private Instant lessLateness(long logTime) {
    long earliest = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    long latest = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis() - 1;
    return Instant.ofEpochMilli(
        logTime < earliest + source.allowedLatenessMillis()
            ? earliest
            : Math.min(latest, logTime - source.allowedLatenessMillis()));
  }

  /** {@inheritDoc} A runner may ask before it starts the reader: that stands where it begins. */
  @Override
  public PubsubMark getCheckpointMark() {
    if (session == null) {
      return mark == null ? new PubsubMark("", 0, PubsubClock.NO_TIME, null) : mark;
    }
    return session.mark();
  }

  @Override
  public PubsubSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (session != null) {
      session.leave();
      session = null;
    }
  }

  PubsubSession session() {
    if (session == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return session;
  }
}
