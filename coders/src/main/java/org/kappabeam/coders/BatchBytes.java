package org.kappabeam.coders;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;

/** The values of a batch as bytes: what {@link BatchCoder} writes behind a batch's header. */
final class BatchBytes<T> {
  final Coder<T> coder;
  final byte[] array;

  /**
   * @param coder of a value
   * @param array the bytes, and nothing else; taken over
   */
  BatchBytes(Coder<T> coder, byte[] array) {
    this.coder = coder;
    this.array = array;
  }

  /** The values of bytes that were written by this process, and so cannot be damaged. */
  Batch.Values<T> values(int size, boolean positioned) {
    try {
      return read(new ByteReader(array), size, positioned, coder);
    } catch (IOException e) {
      throw new IllegalStateException("a batch of this process cannot be read", e);
    }
  }

  /**
   * Reads as many values, and where each stood if they have positions.
   *
   * @throws IOException if these are no bytes of a batch
   */
  static <T> Batch.Values<T> read(ByteReader in, int size, boolean positioned, Coder<T> coder)
      throws IOException {
    // A count is believed only as far as values follow it: damaged bytes must not cost memory.
    int capacity = Math.min(size, ByteReader.TRUSTED_COUNT);
    long[] offsets = new long[positioned ? capacity : 0];
    long[] logTimes = new long[offsets.length];
    List<T> values = new ArrayList<>(capacity);
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < size; i++) {
      if (positioned) {
        if (i == offsets.length) {
          offsets = Arrays.copyOf(offsets, Math.min(size, 2 * offsets.length));
          logTimes = Arrays.copyOf(logTimes, offsets.length);
        }
        offset += in.readSignedVarLong();
        logTime += in.readSignedVarLong();
        offsets[i] = offset;
        logTimes[i] = logTime;
      }
      values.add(coder.decode(in));
    }
    return new Batch.Values<>(values, positioned ? offsets : null, positioned ? logTimes : null);
  }
}
