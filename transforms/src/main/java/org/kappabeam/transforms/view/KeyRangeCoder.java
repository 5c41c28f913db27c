package org.kappabeam.transforms.view;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** Both ends as nullable UTF-8. */
public final class KeyRangeCoder extends CompactCoder<KeyRange> {
  private static final KeyRangeCoder INSTANCE = new KeyRangeCoder();

  private KeyRangeCoder() {}

  public static KeyRangeCoder of() {
    return INSTANCE;
  }

  @Override
  public void write(KeyRange range, ByteWriter out) {
    out.writeNullableBytes(bytes(range.from()));
    out.writeNullableBytes(bytes(range.until()));
  }

  @Override
  public KeyRange read(ByteReader in) throws IOException {
    return KeyRange.of(text(in.readNullableBytes()), text(in.readNullableBytes()));
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
