package org.kappabeam.coders.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Position, log time, key, value, headers. */
public final class LogRecordCoder extends CompactCoder<LogRecord> {
  private static final LogRecordCoder INSTANCE = new LogRecordCoder();

  private LogRecordCoder() {}

  public static LogRecordCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(LogRecord record, ByteWriter out) {
    LogPositionCoder.of().write(record.position(), out);
    out.writeSignedVarLong(record.logTime());
    out.writeNullableBytes(record.key());
    out.writeNullableBytes(record.value());
    writeHeaders(record.headers(), out);
  }

  @Override
  public LogRecord read(ByteReader in) throws IOException {
    return LogRecord.of(
        LogPositionCoder.of().read(in),
        in.readSignedVarLong(),
        in.readNullableBytes(),
        in.readNullableBytes(),
        readHeaders(in));
  }

  static void writeHeaders(List<LogHeader> headers, ByteWriter out) {
    out.writeVarLong(headers.size());
    for (LogHeader header : headers) {
      out.writeString(header.name());
      out.writeNullableBytes(header.value());
    }
  }

  static List<LogHeader> readHeaders(ByteReader in) throws IOException {
    int n = in.readVarInt();
    if (n == 0) {
      return List.of();
    }
    List<LogHeader> headers = new ArrayList<>(Math.min(n, 64));
    for (int i = 0; i < n; i++) {
      headers.add(LogHeader.of(in.readString(), in.readNullableBytes()));
    }
    return List.copyOf(headers);
  }

  static long sizeOfHeaders(List<LogHeader> headers) {
    long size = ByteWriter.sizeOfVarLong(headers.size());
    for (LogHeader header : headers) {
      size += ByteWriter.sizeOfString(header.name());
      size += ByteWriter.sizeOfNullableBytes(header.value());
    }
    return size;
  }

  @Override
  public long getEncodedElementByteSize(LogRecord record) {
    return LogPositionCoder.of().getEncodedElementByteSize(record.position())
        + ByteWriter.sizeOfSignedVarLong(record.logTime())
        + ByteWriter.sizeOfNullableBytes(record.key())
        + ByteWriter.sizeOfNullableBytes(record.value())
        + sizeOfHeaders(record.headers());
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(LogRecord record) {
    return true;
  }
}
