package org.kappabeam.coders;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The base of our coders: self-delimiting, deterministic, consistent with equals, without
 * reflection. A coder writes its fields in a fixed order into a {@link ByteWriter} and reads them
 * back from a {@link ByteReader}; both are plain streams to any other coder.
 *
 * <p>Coders are stateless: two of the same class are the same coder.
 */
public abstract class CompactCoder<T> extends Coder<T> {
  private static final int WINDOW = 256;

  /** Appends the value; throws only if the value cannot be represented. */
  public abstract void write(T value, ByteWriter out);

  /** Reads one value and not a byte more. */
  public abstract T read(ByteReader in) throws IOException;

  @Override
  public final void encode(T value, OutputStream stream) throws IOException {
    if (stream instanceof ByteWriter writer) {
      write(value, writer);
    } else {
      ByteWriter out = new ByteWriter();
      write(value, out);
      stream.write(out.buffer(), 0, out.size());
    }
  }

  @Override
  public final T decode(InputStream stream) throws IOException {
    if (stream instanceof ByteArrayInputStream bytes) {
      // Its bytes come one at a time and synchronized: most values fit into one look ahead.
      bytes.mark(0);
      byte[] window = bytes.readNBytes(WINDOW);
      ByteReader in = new ByteReader(window);
      try {
        T value = read(in);
        bytes.reset();
        bytes.skipNBytes(window.length - in.available());
        return value;
      } catch (EOFException e) {
        if (window.length < WINDOW) {
          throw e;
        }
        bytes.reset();
      }
    }
    return read(ByteReader.of(stream));
  }

  /** The value as bytes of its own. */
  public final byte[] toBytes(T value) {
    ByteWriter out = new ByteWriter();
    write(value, out);
    return out.toByteArray();
  }

  /** The value that {@link #toBytes} wrote; trailing bytes are an error. */
  public final T fromBytes(byte[] bytes) throws IOException {
    ByteReader in = new ByteReader(bytes);
    T value = read(in);
    if (in.available() > 0) {
      throw new IOException(in.available() + " bytes after the value");
    }
    return value;
  }

  @Override
  protected long getEncodedElementByteSize(T value) throws Exception {
    ByteWriter out = new ByteWriter();
    write(value, out);
    return out.size();
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of();
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  @SuppressWarnings("EqualsGetClass") // the class is all there is to a stateless coder
  public boolean equals(@Nullable Object other) {
    return other != null && getClass() == other.getClass();
  }

  @Override
  public int hashCode() {
    return getClass().hashCode();
  }
}
