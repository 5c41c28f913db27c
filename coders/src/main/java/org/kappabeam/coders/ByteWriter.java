package org.kappabeam.coders;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A growable byte buffer that compact coders write into. It is also an {@link OutputStream}, so
 * that any Beam coder can write into it. Not thread-safe.
 */
public final class ByteWriter extends OutputStream {
  /** The most digits a decimal string may have to travel as a number (it then fits 60 bits). */
  private static final int MAX_DIGITS = 18;

  private byte[] buffer;
  private int size;

  public ByteWriter() {
    this(64);
  }

  public ByteWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  @Override
  public void write(int b) {
    ensure(1);
    buffer[size++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, size, length);
    size += length;
  }

  /** Writes an unsigned variable-length integer: seven bits a byte, lowest first. */
  public void writeVarLong(long value) {
    ensure(10);
    byte[] to = buffer;
    int at = size;
    long v = value;
    while ((v & ~0x7FL) != 0) {
      to[at++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    to[at] = (byte) v;
    size = at + 1;
  }

  /** Writes a signed integer so that values near zero of either sign stay short (zigzag). */
  public void writeSignedVarLong(long value) {
    writeVarLong((value << 1) ^ (value >> 63));
  }

  /** Writes eight bytes, highest first. */
  public void writeFixedLong(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
  }

  /** Writes a length and the bytes. */
  public void writeBytes(byte[] bytes) {
    writeVarLong(bytes.length);
    write(bytes, 0, bytes.length);
  }

  /** Writes a length and the bytes, or a mark for {@code null}. */
  public void writeNullableBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      writeVarLong(0);
    } else {
      writeVarLong(bytes.length + 1L);
      write(bytes, 0, bytes.length);
    }
  }

  /**
   * Writes a string. A canonical decimal number (the usual form of business ids) travels as a
   * number in about 40 % of its characters; everything else as UTF-8. Equal strings give equal
   * bytes.
   *
   * @throws IllegalArgumentException if the string holds an unpaired surrogate, which UTF-8 lacks
   */
  public void writeString(String value) {
    long number = asNumber(value);
    if (number >= 0) {
      writeVarLong((number << 1) | 1);
      return;
    }
    int length = value.length();
    boolean ascii = true;
    for (int i = 0; i < length && ascii; i++) {
      ascii = value.charAt(i) < 0x80;
    }
    if (ascii) {
      writeVarLong((long) length << 1);
      ensure(length);
      for (int i = 0; i < length; i++) {
        buffer[size + i] = (byte) value.charAt(i);
      }
      size += length;
    } else {
      for (int i = 0; i < length; i++) {
        char c = value.charAt(i);
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < length
                && Character.isLowSurrogate(value.charAt(i + 1));
        if (Character.isSurrogate(c) && !pair) {
          throw new IllegalArgumentException("unpaired surrogate at index " + i);
        }
        i += pair ? 1 : 0;
      }
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      writeVarLong((long) utf8.length << 1);
      write(utf8, 0, utf8.length);
    }
  }

  /** The number a canonical decimal string stands for, or -1 if it is none. */
  private static long asNumber(String value) {
    int length = value.length();
    if (length == 0 || length > MAX_DIGITS || (length > 1 && value.charAt(0) == '0')) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** How many bytes {@link #writeVarLong} takes. */
  public static int sizeOfVarLong(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** How many bytes {@link #writeSignedVarLong} takes. */
  public static int sizeOfSignedVarLong(long value) {
    return sizeOfVarLong((value << 1) ^ (value >> 63));
  }

  /** How many bytes {@link #writeBytes} takes. */
  public static int sizeOfBytes(byte[] bytes) {
    return sizeOfVarLong(bytes.length) + bytes.length;
  }

  /** How many bytes {@link #writeNullableBytes} takes. */
  public static int sizeOfNullableBytes(byte @Nullable [] bytes) {
    return bytes == null ? 1 : sizeOfVarLong(bytes.length + 1L) + bytes.length;
  }

  /** How many bytes {@link #writeString} takes for a string it accepts. */
  public static int sizeOfString(String value) {
    long number = asNumber(value);
    if (number >= 0) {
      return sizeOfVarLong((number << 1) | 1);
    }
    int length = value.length();
    int bytes = length;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        // Each half of a surrogate pair stands for two of the pair's four bytes.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return sizeOfVarLong((long) bytes << 1) + bytes;
  }

  public int size() {
    return size;
  }

  /** Forgets the content, keeps the buffer. */
  public void reset() {
    size = 0;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** The live buffer; valid up to {@link #size()} until the next write. */
  public byte[] buffer() {
    return buffer;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
    }
  }
}
