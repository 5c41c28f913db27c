package org.kappabeam.coders;

import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Collects values into a {@link Batch}, as bytes from the start: what is written while it is in the
 * processor's cache need not be looked up again when the batch is sent. Not thread-safe.
 */
public final class BatchWriter<T> {
  private final Coder<T> coder;
  private final ByteWriter bytes = new ByteWriter(256);
  private int size;
  private boolean positioned;
  private long offset;
  private long logTime;

  public BatchWriter(Coder<T> coder) {
    this.coder = coder;
  }

  /** Adds a value that came from no log position of its own. */
  public void add(T value) {
    begin(false);
    encode(value);
  }

  /** Adds a value and where it stood in its log partition. */
  public void add(T value, long itsOffset, long itsLogTime) {
    begin(true);
    bytes.writeSignedVarLong(itsOffset - offset);
    bytes.writeSignedVarLong(itsLogTime - logTime);
    offset = itsOffset;
    logTime = itsLogTime;
    encode(value);
  }

  private void begin(boolean withPosition) {
    if (size > 0 && positioned != withPosition) {
      throw new IllegalStateException("either all values of a batch have positions or none");
    }
    positioned = withPosition;
    size++;
  }

  private void encode(T value) {
    try {
      coder.encode(value, bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot encode a value: " + e.getMessage(), e);
    }
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * The values added since the last batch; the writer is empty again.
   *
   * @param partition the log partition they came from, {@code null} if they have no positions
   */
  public Batch<T> toBatch(@Nullable String partition) {
    if (size > 0 && positioned != (partition != null)) {
      throw new IllegalStateException("values with positions have a partition, others do not");
    }
    Batch<T> batch = Batch.ofBytes(size, partition, new BatchBytes<>(coder, bytes.toByteArray()));
    clear();
    return batch;
  }

  /** Forgets what was added. */
  public void clear() {
    bytes.reset();
    size = 0;
    offset = 0;
    logTime = 0;
  }
}
