package org.kappabeam.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * Encodes a {@link Batch}: its length in bytes, count, origin, then the values; offsets and log
 * times as differences. With the length in front, a batch is taken from a stream in one piece and
 * its values are read from an array.
 */
public final class BatchCoder<T> extends StructuredCoder<Batch<T>> {
  private final Coder<T> valueCoder;

  private BatchCoder(Coder<T> valueCoder) {
    this.valueCoder = valueCoder;
  }

  public static <T> BatchCoder<T> of(Coder<T> valueCoder) {
    return new BatchCoder<>(valueCoder);
  }

  @Override
  public void encode(Batch<T> batch, OutputStream stream) throws IOException {
    ByteWriter content = new ByteWriter(32 * batch.size() + 64);
    write(batch, content);
    ByteWriter length = new ByteWriter();
    length.writeVarLong(content.size());
    stream.write(length.buffer(), 0, length.size());
    stream.write(content.buffer(), 0, content.size());
  }

  private void write(Batch<T> batch, ByteWriter out) throws IOException {
    String partition = batch.partition();
    out.writeVarLong(((long) batch.size() << 1) | (partition == null ? 0 : 1));
    if (partition != null) {
      out.writeString(partition);
    }
    long offset = 0;
    long logTime = 0;
    List<T> values = batch.values();
    for (int i = 0; i < values.size(); i++) {
      if (partition != null) {
        out.writeSignedVarLong(batch.offset(i) - offset);
        out.writeSignedVarLong(batch.logTime(i) - logTime);
        offset = batch.offset(i);
        logTime = batch.logTime(i);
      }
      valueCoder.encode(values.get(i), out);
    }
  }

  @Override
  public Batch<T> decode(InputStream stream) throws IOException {
    ByteReader in = new ByteReader(ByteReader.of(stream).readBytes());
    Batch<T> batch = read(in);
    if (in.available() > 0) {
      throw new IOException(in.available() + " bytes after the batch");
    }
    return batch;
  }

  private Batch<T> read(ByteReader in) throws IOException {
    long header = in.readVarLong();
    int size = ByteReader.count(header >>> 1);
    String partition = (header & 1) == 1 ? in.readString() : null;
    // A count is believed only as far as values follow it: damaged bytes must not cost memory.
    int capacity = Math.min(size, ByteReader.TRUSTED_COUNT);
    long[] offsets = new long[partition == null ? 0 : capacity];
    long[] logTimes = new long[offsets.length];
    List<T> values = new ArrayList<>(capacity);
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < size; i++) {
      if (partition != null) {
        if (i == offsets.length) {
          offsets = Arrays.copyOf(offsets, Math.min(size, 2 * offsets.length));
          logTimes = Arrays.copyOf(logTimes, offsets.length);
        }
        offset += in.readSignedVarLong();
        logTime += in.readSignedVarLong();
        offsets[i] = offset;
        logTimes[i] = logTime;
      }
      values.add(valueCoder.decode(in));
    }
    return partition == null ? Batch.of(values) : Batch.at(partition, offsets, logTimes, values);
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(valueCoder);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "values must be deterministic", valueCoder);
  }

  @Override
  public boolean consistentWithEquals() {
    return valueCoder.consistentWithEquals();
  }
}
