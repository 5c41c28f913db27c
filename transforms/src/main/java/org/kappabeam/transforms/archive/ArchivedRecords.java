package org.kappabeam.transforms.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.event.AvroSchemas;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;

/**
 * Log records in Avro's binary encoding, for any Avro tool. Read without Avro's own decoder, which
 * takes memory for whatever length it is told.
 */
final class ArchivedRecords {
  static final Schema SCHEMA =
      AvroSchemas.load(ArchivedRecords.class, "/schemas/archive/log-record.v1.avsc");

  /** The branches of a union. */
  private static final int NULL = 0;

  private static final int BYTES = 1;

  private ArchivedRecords() {}

  /** Appends record {@code i} of the batch. */
  static void write(LogBatch batch, int i, ByteWriter out) {
    writeBytes(batch.partition().getBytes(StandardCharsets.UTF_8), out);
    out.writeSignedVarLong(batch.offset(i));
    out.writeSignedVarLong(batch.logTime(i));
    writeNullable(batch.key(i), out);
    writeNullable(batch.value(i), out);
    List<LogHeader> headers = batch.headers(i);
    if (!headers.isEmpty()) {
      out.writeSignedVarLong(headers.size());
      for (LogHeader header : headers) {
        writeBytes(header.name().getBytes(StandardCharsets.UTF_8), out);
        writeNullable(header.value(), out);
      }
    }
    out.writeSignedVarLong(0);
  }

  private static void writeNullable(byte @Nullable [] bytes, ByteWriter out) {
    out.writeSignedVarLong(bytes == null ? NULL : BYTES);
    if (bytes != null) {
      writeBytes(bytes, out);
    }
  }

  private static void writeBytes(byte[] bytes, ByteWriter out) {
    out.writeSignedVarLong(bytes.length);
    out.write(bytes, 0, bytes.length);
  }

  /** Adds the next record to the columns; throws if the bytes are no record of their partition. */
  static void read(ByteReader in, BatchColumns columns) throws IOException {
    String partition = new String(readBytes(in), StandardCharsets.UTF_8);
    if (!partition.equals(columns.partition())) {
      throw new IOException("a record of partition " + partition);
    }
    columns.add(
        in.readSignedVarLong(),
        in.readSignedVarLong(),
        readNullable(in),
        readNullable(in),
        readHeaders(in));
  }

  private static List<LogHeader> readHeaders(ByteReader in) throws IOException {
    List<LogHeader> headers = List.of();
    // An array is written in blocks; a negative count announces the block's size in bytes.
    for (long n = in.readSignedVarLong(); n != 0; n = in.readSignedVarLong()) {
      if (n < 0) {
        n = -n;
        in.readSignedVarLong();
      }
      if (headers.isEmpty()) {
        headers = new ArrayList<>();
      }
      for (long i = 0; i < n; i++) {
        String name = new String(readBytes(in), StandardCharsets.UTF_8);
        headers.add(LogHeader.of(name, readNullable(in)));
      }
    }
    return headers;
  }

  private static byte @Nullable [] readNullable(ByteReader in) throws IOException {
    long branch = in.readSignedVarLong();
    if (branch == NULL) {
      return null;
    }
    if (branch != BYTES) {
      throw new IOException("branch " + branch + " of a union of two");
    }
    return readBytes(in);
  }

  private static byte[] readBytes(ByteReader in) throws IOException {
    long length = in.readSignedVarLong();
    if (length < 0 || length > in.available()) {
      throw new EOFException("length " + length + " where " + in.available() + " bytes are left");
    }
    return in.readNBytes((int) length);
  }
}
