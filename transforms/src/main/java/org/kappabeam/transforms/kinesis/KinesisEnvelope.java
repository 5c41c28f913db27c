package org.kappabeam.transforms.kinesis;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.log.LogHeader;

/**
 * What a Kinesis record has no place for: log time, absent or binary key, headers, absent value.
 * With {@code ?envelope=kappa} the writer puts them around the value, and the reader takes them off
 * again; the value itself is untouched.
 *
 * <p>Why: the only time Kinesis keeps is that of arrival, and nobody can set it. An import of last
 * year's events would all have arrived today, and every one of them would be {@code TOO_LATE}. With
 * its own log time an import is judged as if it had been read then, and the same import gives the
 * same view from Kinesis as from Kafka.
 *
 * <p>Layout: four bytes {@code 4B 41 50 01} that name it and its version, then log time, key,
 * headers, value, as {@link ByteWriter} writes them, and nothing behind. Data that begins
 * otherwise, or does not follow the layout, is a record of a producer that knows no envelope: it is
 * taken as it is, with its time of arrival, so both may share a stream.
 */
@AutoValue
abstract class KinesisEnvelope {
  /** The value of the URI's parameter. */
  static final String NAME = "kappa";

  private static final byte[] MAGIC = {'K', 'A', 'P', 1};
  private static final int MAX_HEADERS = 1_000;

  /** Milliseconds since the epoch. */
  abstract long logTime();

  @SuppressWarnings("mutable") // bytes are handed on, never changed
  abstract byte @Nullable [] key();

  abstract List<LogHeader> headers();

  @SuppressWarnings("mutable") // bytes are handed on, never changed
  abstract byte @Nullable [] value();

  static KinesisEnvelope of(
      long logTime, byte @Nullable [] key, List<LogHeader> headers, byte @Nullable [] value) {
    return new AutoValue_KinesisEnvelope(logTime, key, List.copyOf(headers), value);
  }

  byte[] toBytes() {
    byte[] value = value();
    ByteWriter out = new ByteWriter(64 + (value == null ? 0 : value.length));
    out.write(MAGIC, 0, MAGIC.length);
    out.writeSignedVarLong(logTime());
    out.writeNullableBytes(key());
    out.writeVarLong(headers().size());
    for (LogHeader header : headers()) {
      out.writeString(header.name());
      out.writeNullableBytes(header.value());
    }
    out.writeNullableBytes(value);
    return out.toByteArray();
  }

  /** What the data holds, or {@code null} if it is no envelope. */
  static @Nullable KinesisEnvelope read(byte[] data) {
    if (data.length < MAGIC.length) {
      return null;
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (data[i] != MAGIC[i]) {
        return null;
      }
    }
    ByteReader in = new ByteReader(data, MAGIC.length, data.length - MAGIC.length);
    try {
      long logTime = in.readSignedVarLong();
      byte[] key = in.readNullableBytes();
      int n = in.readVarInt();
      if (n > MAX_HEADERS) {
        return null;
      }
      List<LogHeader> headers = new ArrayList<>(n);
      for (int i = 0; i < n; i++) {
        headers.add(LogHeader.of(in.readString(), in.readNullableBytes()));
      }
      byte[] value = in.readNullableBytes();
      return in.available() == 0 ? of(logTime, key, headers, value) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
