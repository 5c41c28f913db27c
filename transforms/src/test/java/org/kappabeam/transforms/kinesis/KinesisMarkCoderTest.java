package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;
import org.kappabeam.transforms.log.LogTimes;

class KinesisMarkCoderTest {
  private static final KinesisMark MARK =
      KinesisMark.of(
          List.of(
              KinesisMark.Position.of("a", KinesisBound.END, true, 7, LogTimes.NO_TIME),
              KinesisMark.Position.of(
                  "b", KinesisBound.after(BigInteger.TEN), false, LogTimes.NO_TIME, 9)));

  @Test
  void aMarkIsReadBackAsItWas() throws Exception {
    CoderProperties.coderDecodeEncodeEqual(KinesisMarkCoder.of(), MARK);
    CoderProperties.coderDecodeEncodeEqual(KinesisMarkCoder.of(), KinesisMark.of(List.of()));
  }

  /** Savepoints hold these bytes. */
  @Test
  void theLayoutIsPinned() {
    assertThat(
        HexFormat.of().formatHex(KinesisMarkCoder.of().toBytes(MARK)),
        is("02026106656e64010effffffffffffffffff01" + "0262063e313000ffffffffffffffffff0112"));
  }

  @Test
  void damagedBytesAreAnError() {
    byte[] bytes = KinesisMarkCoder.of().toBytes(MARK);
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> KinesisMarkCoder.of().fromBytes(part));
    }
    byte[] wrong = bytes.clone();
    wrong[4] = 'x';
    assertThrows(IOException.class, () -> KinesisMarkCoder.of().fromBytes(wrong));
  }
}
