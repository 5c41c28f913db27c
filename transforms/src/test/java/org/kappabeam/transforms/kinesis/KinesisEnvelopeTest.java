package org.kappabeam.transforms.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.LogHeader;

class KinesisEnvelopeTest {
  private static final KinesisEnvelope FULL =
      KinesisEnvelope.of(
          1_767_225_600_123L,
          bytes("key"),
          List.of(LogHeader.of("a", bytes("1")), LogHeader.of("a", null)),
          bytes("value"));

  @Test
  void everythingIsTakenOffAsItWasPutOn() {
    assertThat(KinesisEnvelope.read(FULL.toBytes()), is(FULL));
    for (byte[] key : new byte[][] {null, {}, {0, -1}}) {
      for (byte[] value : new byte[][] {null, {}, {0, -1}}) {
        KinesisEnvelope envelope = KinesisEnvelope.of(-5, key, List.of(), value);
        assertThat(KinesisEnvelope.read(envelope.toBytes()), is(envelope));
      }
    }
  }

  /** Streams hold these bytes for a year. */
  @Test
  void theLayoutIsPinned() {
    assertThat(
        HexFormat.of().formatHex(FULL.toBytes()),
        is("4b415001f6a1d5edee66046b657902026102310261000676616c7565"));
  }

  @Test
  void whatIsNoEnvelopeIsLeftAlone() {
    assertThat(KinesisEnvelope.read(new byte[0]), nullValue());
    assertThat(KinesisEnvelope.read(bytes("KAP")), nullValue());
    assertThat(KinesisEnvelope.read(bytes("{\"id\":1}")), nullValue());
    byte[] bytes = FULL.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      assertThat(KinesisEnvelope.read(Arrays.copyOf(bytes, length)), nullValue());
    }
    assertThat(KinesisEnvelope.read(Arrays.copyOf(bytes, bytes.length + 1)), nullValue());
    byte[] next = bytes.clone();
    next[3] = 2;
    assertThat(KinesisEnvelope.read(next), nullValue());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
