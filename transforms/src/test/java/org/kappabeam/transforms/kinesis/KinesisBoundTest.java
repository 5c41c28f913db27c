package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

class KinesisBoundTest {
  private static final BigInteger NINE = BigInteger.valueOf(9);
  private static final BigInteger TEN = BigInteger.TEN;

  @ParameterizedTest
  @ValueSource(strings = {"0", "9", ">9", ">0", "end"})
  void aBoundIsReadAsItIsWritten(String text) {
    assertThat(KinesisBound.parse(text).toString(), is(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ">", "-1", "09", "9>", "END", "9 ", "1.5"})
  void anotherTextIsRefused(String text) {
    assertThrows(KappaException.class, () -> KinesisBound.parse(text));
  }

  @Test
  void aNumberLongerThanAnyOfKinesisIsRefused() {
    KinesisBound.parse("9".repeat(129));
    assertThrows(KappaException.class, () -> KinesisBound.parse("9".repeat(130)));
  }

  @Test
  void placesAreOrderedAsTheShardIs() {
    KinesisBound[] places = {
      KinesisBound.START,
      KinesisBound.before(NINE),
      KinesisBound.after(NINE),
      KinesisBound.before(TEN),
      KinesisBound.parse(">" + "9".repeat(129)),
      KinesisBound.END
    };
    for (int i = 1; i < places.length; i++) {
      assertThat(places[i - 1].compareTo(places[i]), lessThan(0));
    }
    assertThat(KinesisBound.before(NINE).isAfter(NINE), is(false));
    assertThat(KinesisBound.after(NINE).isAfter(NINE), is(true));
    assertThat(KinesisBound.before(TEN).isAfter(NINE), is(true));
    assertThat(KinesisBound.END.isAfter(NINE), is(true));
  }

  @Test
  void aReadStartsOnlyAtNumbersThatKinesisHasGivenOut() {
    assertThat(request("0").shardIteratorType(), is(ShardIteratorType.TRIM_HORIZON));
    assertThat(request("9").shardIteratorType(), is(ShardIteratorType.AT_SEQUENCE_NUMBER));
    assertThat(request(">9").shardIteratorType(), is(ShardIteratorType.AFTER_SEQUENCE_NUMBER));
    assertThat(request(">9").startingSequenceNumber(), is("9"));
  }

  private static GetShardIteratorRequest request(String text) {
    return KinesisBound.parse(text).iterator().build();
  }
}
