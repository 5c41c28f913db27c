package org.kappabeam.coders.event;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Avro's binary encoding out of an untrusted byte array. Unlike Avro's own decoder it takes no
 * memory for a length before it has seen that so many bytes are there, refuses text that is not
 * UTF-8, and makes strings without a detour; so an event type may simply call {@code readString}.
 */
final class BoundedDecoder extends Decoder {
  private static final int MIN_SKIPPABLE = 1_000;

  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private byte[] bytes = new byte[0];
  private int position;
  private int limit;
  private int skippable;

  void reset(byte[] message, int offset) {
    bytes = message;
    position = offset;
    limit = message.length;
    skippable = MIN_SKIPPABLE + message.length;
  }

  /** Values may take no bytes: so their number is bounded apart from the message's length. */
  void countSkipped() throws IOException {
    if (--skippable < 0) {
      throw new IOException("more values than bytes to step over");
    }
  }

  int remaining() {
    return limit - position;
  }

  /** The bytes a length announces: from the old position, which moves behind them. */
  private int take(long length) throws IOException {
    if (length < 0) {
      throw new IOException("negative length " + length);
    }
    if (length > limit - position) {
      throw new EOFException(
          "length " + length + " where " + (limit - position) + " bytes are left");
    }
    int start = position;
    position += (int) length;
    return start;
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    int b = bytes[take(1)];
    if (b != 0 && b != 1) {
      throw new IOException("not a boolean: " + b);
    }
    return b == 1;
  }

  @Override
  public int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new IOException("integer out of range: " + value);
    }
    return (int) value;
  }

  @Override
  public long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == limit) {
        throw new EOFException("bytes end inside a number");
      }
      int b = bytes[position++];
      if (shift == 63 && (b & 0xFE) != 0) {
        break;
      }
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IOException("number does not fit 64 bits");
  }

  @Override
  public float readFloat() throws IOException {
    int start = take(4);
    int bits = 0;
    for (int i = 3; i >= 0; i--) {
      bits = (bits << 8) | (bytes[start + i] & 0xFF);
    }
    return Float.intBitsToFloat(bits);
  }

  @Override
  public double readDouble() throws IOException {
    int start = take(8);
    long bits = 0;
    for (int i = 7; i >= 0; i--) {
      bits = (bits << 8) | (bytes[start + i] & 0xFF);
    }
    return Double.longBitsToDouble(bits);
  }

  @Override
  public String readString() throws IOException {
    long length = readLong();
    int start = take(length);
    boolean ascii = true;
    for (int i = start; i < position && ascii; i++) {
      ascii = bytes[i] >= 0;
    }
    if (ascii) {
      return new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
    }
    CharBuffer text = utf8.decode(ByteBuffer.wrap(bytes, start, (int) length));
    return text.toString();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(readString());
  }

  @Override
  public void skipString() throws IOException {
    take(readLong());
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    int start = take(readLong());
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, start, position));
  }

  @Override
  public void skipBytes() throws IOException {
    take(readLong());
  }

  @Override
  public void readFixed(byte[] target, int start, int length) throws IOException {
    System.arraycopy(bytes, take(length), target, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    take(length);
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    long count = readLong();
    if (count < 0) {
      // The block says how many bytes it has; the items say so themselves.
      count = -count;
      readLong();
    }
    if (count < 0 || count > remaining()) {
      throw new EOFException("count " + count + " where " + remaining() + " bytes are left");
    }
    return count;
  }

  @Override
  public long arrayNext() throws IOException {
    return readArrayStart();
  }

  @Override
  public long skipArray() throws IOException {
    long count = readLong();
    while (count < 0) {
      take(readLong());
      count = readLong();
    }
    return count;
  }

  @Override
  public long readMapStart() throws IOException {
    return readArrayStart();
  }

  @Override
  public long mapNext() throws IOException {
    return readArrayStart();
  }

  @Override
  public long skipMap() throws IOException {
    return skipArray();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }
}
