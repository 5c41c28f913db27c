package org.kappabeam.coders.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Partition once; offsets and log times as differences; headers only if any record has one. */
public final class LogBatchCoder extends CompactCoder<LogBatch> {
  private static final LogBatchCoder INSTANCE = new LogBatchCoder();

  private LogBatchCoder() {}

  public static LogBatchCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(LogBatch batch, ByteWriter out) {
    int n = batch.size();
    boolean anyHeader = anyHeader(batch);
    out.writeVarLong(((long) n << 1) | (anyHeader ? 1 : 0));
    out.writeString(batch.partition());
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < n; i++) {
      out.writeSignedVarLong(batch.offset(i) - offset);
      out.writeSignedVarLong(batch.logTime(i) - logTime);
      offset = batch.offset(i);
      logTime = batch.logTime(i);
      out.writeNullableBytes(batch.key(i));
      out.writeNullableBytes(batch.value(i));
      if (anyHeader) {
        LogRecordCoder.writeHeaders(batch.headers(i), out);
      }
    }
  }

  @Override
  public LogBatch read(ByteReader in) throws IOException {
    long header = in.readVarLong();
    int n = ByteReader.count(header >>> 1);
    boolean anyHeader = (header & 1) == 1;
    String partition = in.readString();
    // A count is believed only as far as records follow it: damaged bytes must not cost memory.
    int capacity = Math.min(n, ByteReader.TRUSTED_COUNT);
    long[] offsets = new long[capacity];
    long[] logTimes = new long[capacity];
    byte[][] keys = new byte[capacity][];
    byte[][] values = new byte[capacity][];
    List<List<LogHeader>> headers = anyHeader ? new ArrayList<>(capacity) : null;
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < n; i++) {
      if (i == capacity) {
        capacity = Math.min(n, 2 * capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        logTimes = Arrays.copyOf(logTimes, capacity);
        keys = Arrays.copyOf(keys, capacity);
        values = Arrays.copyOf(values, capacity);
      }
      offset += in.readSignedVarLong();
      logTime += in.readSignedVarLong();
      offsets[i] = offset;
      logTimes[i] = logTime;
      keys[i] = in.readNullableBytes();
      values[i] = in.readNullableBytes();
      if (headers != null) {
        headers.add(LogRecordCoder.readHeaders(in));
      }
    }
    return new LogBatch(partition, offsets, logTimes, keys, values, headers);
  }

  @Override
  public long getEncodedElementByteSize(LogBatch batch) {
    int n = batch.size();
    boolean anyHeader = anyHeader(batch);
    long size =
        ByteWriter.sizeOfVarLong((long) n << 1) + (long) ByteWriter.sizeOfString(batch.partition());
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < n; i++) {
      size += ByteWriter.sizeOfSignedVarLong(batch.offset(i) - offset);
      size += ByteWriter.sizeOfSignedVarLong(batch.logTime(i) - logTime);
      offset = batch.offset(i);
      logTime = batch.logTime(i);
      size += ByteWriter.sizeOfNullableBytes(batch.key(i));
      size += ByteWriter.sizeOfNullableBytes(batch.value(i));
      if (anyHeader) {
        size += LogRecordCoder.sizeOfHeaders(batch.headers(i));
      }
    }
    return size;
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(LogBatch batch) {
    return true;
  }

  private static boolean anyHeader(LogBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (!batch.headers(i).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
