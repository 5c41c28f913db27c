package org.kappabeam.coders;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads what {@link ByteWriter} wrote, from a byte array or, one byte at a time and never beyond
 * the value, from a stream. Every length is checked before memory is taken for it. Not thread-safe.
 *
 * <p>Errors: {@link EOFException} when the bytes end early, {@link IOException} when they cannot be
 * what a writer wrote.
 */
public final class ByteReader extends InputStream {
  /** No single string or byte array of an event is larger; a longer length is corruption. */
  public static final int MAX_LENGTH = 64 << 20;

  /** Room for this many elements may be taken before the elements are seen. */
  public static final int TRUSTED_COUNT = 1 << 12;

  /** Arrays up to this size are allocated before their bytes are seen. */
  private static final int TRUSTED_LENGTH = 1 << 16;

  private final byte @Nullable [] buffer;
  private final @Nullable InputStream stream;
  private final int limit;
  private int position;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public ByteReader(byte[] bytes, int offset, int length) {
    this.buffer = bytes;
    this.stream = null;
    this.position = offset;
    this.limit = offset + length;
  }

  private ByteReader(InputStream stream) {
    this.buffer = null;
    this.stream = stream;
    this.limit = 0;
  }

  /** The stream itself if it already is a reader, else a reader that takes no byte too many. */
  public static ByteReader of(InputStream in) {
    return in instanceof ByteReader reader ? reader : new ByteReader(in);
  }

  @Override
  public int read() throws IOException {
    if (buffer != null) {
      return position < limit ? buffer[position++] & 0xFF : -1;
    }
    return stream().read();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (buffer == null) {
      return stream().read(target, offset, length);
    }
    if (length == 0) {
      return 0;
    }
    int n = Math.min(length, limit - position);
    if (n <= 0) {
      return -1;
    }
    System.arraycopy(buffer, position, target, offset, n);
    position += n;
    return n;
  }

  /** Whether an array reader has bytes left. */
  @Override
  public int available() throws IOException {
    return buffer != null ? limit - position : stream().available();
  }

  public int readByte() throws IOException {
    int b = read();
    if (b < 0) {
      throw new EOFException("bytes end early");
    }
    return b;
  }

  public long readVarLong() throws IOException {
    byte[] from = buffer;
    int at = position;
    if (from != null && at < limit && from[at] >= 0) {
      position = at + 1;
      return from[at];
    }
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = readByte();
      result |= (long) (b & 0x7F) << shift;
      if ((b & 0x80) == 0) {
        return result;
      }
    }
    throw new IOException("variable-length integer is longer than ten bytes");
  }

  public int readVarInt() throws IOException {
    long value = readVarLong();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IOException("integer out of range: " + value);
    }
    return (int) value;
  }

  public long readSignedVarLong() throws IOException {
    long v = readVarLong();
    return (v >>> 1) ^ -(v & 1);
  }

  public long readFixedLong() throws IOException {
    long result = 0;
    for (int i = 0; i < 8; i++) {
      result = (result << 8) | readByte();
    }
    return result;
  }

  public byte[] readBytes() throws IOException {
    return take(length(readVarLong()));
  }

  public byte @Nullable [] readNullableBytes() throws IOException {
    long header = readVarLong();
    return header == 0 ? null : take(length(header - 1));
  }

  @SuppressWarnings("deprecation") // the byte-to-Latin-1 constructor is the one that does not scan
  public String readString() throws IOException {
    long header = readVarLong();
    if ((header & 1) == 1) {
      return Long.toString(header >>> 1);
    }
    int length = length(header >>> 1);
    if (buffer != null) {
      if (limit - position < length) {
        throw new EOFException("bytes end early");
      }
      int start = position;
      position += length;
      return ascii(buffer, start, length)
          ? new String(buffer, 0, start, length)
          : new String(buffer, start, length, StandardCharsets.UTF_8);
    }
    return new String(take(length), StandardCharsets.UTF_8);
  }

  private static boolean ascii(byte[] bytes, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Checks a number of elements that was read. */
  public static int count(long value) throws IOException {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IOException("count out of range: " + value);
    }
    return (int) value;
  }

  private static int length(long value) throws IOException {
    if (value < 0 || value > MAX_LENGTH) {
      throw new IOException("length out of range: " + value);
    }
    return (int) value;
  }

  private byte[] take(int length) throws IOException {
    if (buffer != null && limit - position < length) {
      throw new EOFException("bytes end early");
    }
    byte[] bytes = new byte[Math.min(length, buffer != null ? length : TRUSTED_LENGTH)];
    int filled = 0;
    while (filled < length) {
      if (filled == bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(length, bytes.length * 2));
      }
      int n = read(bytes, filled, bytes.length - filled);
      if (n < 0) {
        throw new EOFException("bytes end early");
      }
      filled += n;
    }
    return bytes;
  }

  private InputStream stream() {
    if (stream == null) {
      throw new IllegalStateException("no stream");
    }
    return stream;
  }
}
