package org.kappabeam.coders.log;

import java.io.IOException;
import java.util.ArrayList;
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
    boolean anyHeader = false;
    for (int i = 0; i < n && !anyHeader; i++) {
      anyHeader = !batch.headers(i).isEmpty();
    }
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
    int n = Math.toIntExact(header >>> 1);
    boolean anyHeader = (header & 1) == 1;
    String partition = in.readString();
    long[] offsets = new long[n];
    long[] logTimes = new long[n];
    byte[][] keys = new byte[n][];
    byte[][] values = new byte[n][];
    List<List<LogHeader>> headers = anyHeader ? new ArrayList<>(n) : null;
    long offset = 0;
    long logTime = 0;
    for (int i = 0; i < n; i++) {
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
}
