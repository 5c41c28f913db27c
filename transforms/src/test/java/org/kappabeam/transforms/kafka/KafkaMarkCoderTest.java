package org.kappabeam.transforms.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;
import org.kappabeam.transforms.log.LogTimes;

class KafkaMarkCoderTest {
  private static final KafkaMark MARK =
      new KafkaMark(
          List.of(
              KafkaMark.Position.of(0, 300, 1_767_225_600_000L),
              KafkaMark.Position.of(5, 0, LogTimes.NO_TIME)),
          null);

  @Test
  void theBytesOfAMarkNeverChange() {
    // A running job restarts from marks that an older release wrote.
    assertThat(
        HexFormat.of().formatHex(KafkaMarkCoder.of().toBytes(MARK)),
        is("0200ac0280a0d5edee66" + "0500ffffffffffffffffff01"));
  }

  @Test
  void aMarkSurvivesItsCoder() throws Exception {
    CoderProperties.coderDecodeEncodeEqual(KafkaMarkCoder.of(), MARK);
    CoderProperties.coderDecodeEncodeEqual(KafkaMarkCoder.of(), new KafkaMark(List.of(), null));
    CoderProperties.coderSerializable(KafkaMarkCoder.of());
  }

  @Test
  void aTruncatedMarkIsRefused() {
    byte[] bytes = KafkaMarkCoder.of().toBytes(MARK);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> KafkaMarkCoder.of().fromBytes(cut));
    }
  }
}
