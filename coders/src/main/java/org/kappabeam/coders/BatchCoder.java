package org.kappabeam.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
    ByteWriter head = new ByteWriter();
    String partition = batch.partition();
    head.writeVarLong(((long) batch.size() << 1) | (partition == null ? 0 : 1));
    if (partition != null) {
      head.writeString(partition);
    }
    BatchBytes<T> known = batch.bytes();
    if (known != null && known.coder.equals(valueCoder)) {
      send(head, known.array, known.array.length, stream);
    } else {
      ByteWriter body = new ByteWriter(32 * batch.size() + 64);
      write(batch, body);
      send(head, body.buffer(), body.size(), stream);
    }
  }

  private static void send(ByteWriter head, byte[] body, int size, OutputStream stream)
      throws IOException {
    ByteWriter length = new ByteWriter();
    length.writeVarLong((long) head.size() + size);
    stream.write(length.buffer(), 0, length.size());
    stream.write(head.buffer(), 0, head.size());
    stream.write(body, 0, size);
  }

  private void write(Batch<T> batch, ByteWriter out) throws IOException {
    boolean positioned = batch.partition() != null;
    long offset = 0;
    long logTime = 0;
    List<T> values = batch.values();
    for (int i = 0; i < values.size(); i++) {
      if (positioned) {
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
    Batch.Values<T> values = BatchBytes.read(in, size, partition != null, valueCoder);
    return partition == null || values.offsets == null || values.logTimes == null
        ? Batch.of(values.list)
        : Batch.at(partition, values.offsets, values.logTimes, values.list);
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
