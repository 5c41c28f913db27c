package org.kappabeam.transforms.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.PubsubMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;

class PubsubMessagesTest {
  private static final long PUBLISHED = 1_700_000_000_123L;

  private static PubsubMessage.Builder published(PubsubMessage message) {
    return message.toBuilder()
        .setMessageId("42")
        .setPublishTime(Timestamp.newBuilder().setSeconds(PUBLISHED / 1_000).setNanos(123_999_999));
  }

  private static void assertComesBack(
      byte @Nullable [] key, byte @Nullable [] value, List<LogHeader> headers) {
    PubsubMessage message = PubsubMessages.message(key, value, 7, headers);
    assertThat(
        PubsubMessages.record("t", published(message).build()),
        equalTo(LogRecord.of(LogPosition.of("t", 42), 7, key, value, headers)));
  }

  @Test
  void recordsComeBackAsTheyWere() {
    byte[] value = {0, 1, -1};
    assertComesBack("käy".getBytes(UTF_8), value, List.of());
    assertComesBack(null, value, List.of());
    assertComesBack(new byte[0], new byte[0], List.of());
    assertComesBack(null, null, List.of());
    assertComesBack(new byte[] {-1, 0, 7}, value, List.of());
    assertComesBack(new byte[2_000], null, List.of());
    assertComesBack(
        "k".getBytes(UTF_8),
        value,
        List.of(
            LogHeader.of("eventTime", "1".getBytes(UTF_8)),
            LogHeader.of("id", "ü".getBytes(UTF_8))));
  }

  @Test
  void textIsTheOrderingKey() {
    assertThat(
        PubsubMessages.message("k1".getBytes(UTF_8), null, 0, List.of()).getOrderingKey(),
        is("k1"));
  }

  @Test
  void headersThatAreNoAttributesAreRefused() {
    LogHeader a = LogHeader.of("a", "1".getBytes(UTF_8));
    for (List<LogHeader> headers :
        List.of(
            List.of(a, a),
            List.of(LogHeader.of("a", null)),
            List.of(LogHeader.of("a", new byte[] {-1})),
            List.of(LogHeader.of("logTime", a.value())),
            List.of(LogHeader.of("kappa-x", a.value())))) {
      assertThat(
          assertThrows(KappaException.class, () -> PubsubMessages.message(null, null, 0, headers))
              .getMessage(),
          containsString(headers.get(0).name()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "-1", "1700000000124", "99999999999999999999", "9.9", "٣"})
  void aLogTimeThatCannotBeIsThePublishTime(String claimed) {
    PubsubMessage message =
        published(PubsubMessage.getDefaultInstance()).putAttributes("logTime", claimed).build();
    assertThat(PubsubMessages.record("t", message).logTime(), is(PUBLISHED));
  }

  @Test
  void aKeyAttributeThatIsNoBase64IsTakenAsItIs() {
    PubsubMessage message =
        published(PubsubMessage.getDefaultInstance()).putAttributes("kappa-key", "%%").build();
    assertThat(new String(PubsubMessages.record("t", message).key(), UTF_8), is("%%"));
  }

  @Test
  void numbersAreTheirOwnOffsets() {
    assertThat(PubsubMessages.offset("0"), is(0L));
    assertThat(PubsubMessages.offset("13823473426384724"), is(13_823_473_426_384_724L));
    assertThat(PubsubMessages.offset("4611686018427387903"), is((1L << 62) - 1));
  }

  @Test
  void otherIdsHaveOffsetsBehindAllNumbers() {
    Set<Long> offsets = new HashSet<>();
    List<String> ids =
        List.of("", "a", "007", "-1", "+7", "4611686018427387904", "99999999999999999999", "7 ");
    for (String id : ids) {
      long offset = PubsubMessages.offset(id);
      assertThat(id, offset, allOf(greaterThanOrEqualTo(1L << 62), lessThan(Long.MAX_VALUE)));
      assertThat("always the same", PubsubMessages.offset(id), is(offset));
      offsets.add(offset);
    }
    assertThat(offsets.size(), is(ids.size()));
  }
}
