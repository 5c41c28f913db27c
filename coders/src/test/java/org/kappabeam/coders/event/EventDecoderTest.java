package org.kappabeam.coders.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.kappabeam.coders.event.DeadLetterReason.EMPTY;
import static org.kappabeam.coders.event.DeadLetterReason.INVALID;
import static org.kappabeam.coders.event.DeadLetterReason.MALFORMED;
import static org.kappabeam.coders.event.DeadLetterReason.TOO_LARGE;
import static org.kappabeam.coders.event.DeadLetterReason.UNKNOWN_SCHEMA;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.Samples;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;

class EventDecoderTest {
  private static final int MAX_BYTES = 100_000;
  private static final List<EventType<?>> TYPES =
      List.of(TransactionType.of(), FraudLabelType.of());
  private static final String JSON =
      "{\"type\":\"transaction\",\"id\":\"1000000042\",\"eventTime\":1522540831000,"
          + "\"customerId\":\"596\",\"terminalId\":\"3156\",\"amountCents\":5716}";
  private static final String AVRO =
      "c301edfa94a52c1df3c41431303030303030303432b0848be8cf58063539360833313536a859";

  private final MemoryRegistry registry = new MemoryRegistry();
  private final Map<MessageFormat, EventDecoder> decoders = new EnumMap<>(MessageFormat.class);
  private final EventDecoder decoder = new EventDecoder(TYPES, MAX_BYTES);
  private final EventEncoder encoder = new EventEncoder(TYPES, registry::id);

  private Object decode(byte[] message) {
    return decode(decoder, message);
  }

  private static Object decode(EventDecoder decoder, byte[] message) {
    try {
      decoder.decode(message);
      return decoder.event();
    } catch (DecodeException e) {
      return e.reason() + " " + e.detail();
    }
  }

  /** A decoder of logs in that format alone. */
  private EventDecoder decoder(MessageFormat format) {
    return decoders.computeIfAbsent(
        format, f -> new EventDecoder(TYPES, MAX_BYTES, LogFormat.of(f, null, registry.opener())));
  }

  private Object decode(String json) {
    return decode(json.getBytes(UTF_8));
  }

  private void refused(byte[] message, DeadLetterReason reason, String detail) {
    DecodeException e = assertThrows(DecodeException.class, () -> decoder.decode(message));
    assertThat(e.detail(), containsString(detail));
    assertThat(e.reason(), is(reason));
    assertThrows(IllegalStateException.class, decoder::event);
  }

  private void refused(String json, DeadLetterReason reason, String detail) {
    refused(json.getBytes(UTF_8), reason, detail);
  }

  private byte[] avro(String id, long time, String customer, String terminal, long cents) {
    return encoder.encode(
        TransactionType.of(),
        Transaction.of(id, time, customer, terminal, cents),
        MessageFormat.AVRO);
  }

  @Test
  void messagesOfTheFirstVersionNeverChange() {
    EventSchema first = TransactionType.of().schemas().version(1);
    assertThat(
        new String(
            encoder.encode(TransactionType.of(), Samples.TRANSACTION, MessageFormat.JSON, first),
            UTF_8),
        is(JSON));
    assertThat(
        HexFormat.of()
            .formatHex(
                encoder.encode(
                    TransactionType.of(), Samples.TRANSACTION, MessageFormat.AVRO, first)),
        is(AVRO));
    assertThat(decode(HexFormat.of().parseHex(AVRO)), is(Samples.TRANSACTION));
    assertThat(
        new String(encoder.encode(FraudLabelType.of(), Samples.LABEL, MessageFormat.JSON), UTF_8),
        is(
            "{\"type\":\"fraud_label\",\"transactionId\":\"1000000042\",\"terminalId\":\"3156\","
                + "\"transactionTime\":1522540831000,\"eventTime\":1523145631000}"));
    assertThat(
        HexFormat.of()
            .formatHex(encoder.encode(FraudLabelType.of(), Samples.LABEL, MessageFormat.AVRO)),
        is("c30126601b1468eaa74e14313030303030303034320833313536" + "b0848be8cf58b094efa8d458"));
  }

  @ParameterizedTest
  @EnumSource
  void bothTypesComeBackFromOneLog(MessageFormat format) throws DecodeException {
    byte[] transaction = encoder.encode(TransactionType.of(), Samples.TRANSACTION, format);
    byte[] label = encoder.encode(FraudLabelType.of(), Samples.LABEL, format);
    EventDecoder told = decoder(format);
    assertThat(told.decode(transaction), is(0));
    assertThat(told.event(), is(Samples.TRANSACTION));
    assertThat(told.decode(label), is(1));
    assertThat(told.event(), is(Samples.LABEL));
  }

  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .ofMinLength(1)
        .ofMaxLength(20)
        .map(s -> s.replaceAll("\\p{Cs}", "?"));
  }

  @Provide
  Arbitrary<Transaction> transactions() {
    return Combinators.combine(
            ids(),
            Arbitraries.longs().between(0, 7_000_000_000_000L),
            ids(),
            ids(),
            Arbitraries.longs().between(0, TransactionType.MAX_AMOUNT_CENTS),
            Arbitraries.longs().between(0, 9_999))
        .as(Transaction::of);
  }

  @Property(tries = 300)
  void anyTransactionComesBack(
      @ForAll("transactions") Transaction transaction, @ForAll MessageFormat format) {
    byte[] message = encoder.encode(TransactionType.of(), transaction, format);
    assertThat(decode(decoder(format), message), is(transaction));
  }

  @Property(tries = 300)
  void anyLabelComesBack(@ForAll("transactions") Transaction fraud, @ForAll MessageFormat format) {
    FraudLabel label = FraudLabel.after(fraud);
    byte[] message = encoder.encode(FraudLabelType.of(), label, format);
    assertThat(decode(decoder(format), message), is(label));
  }

  @Test
  void fieldsOfJsonMayStandInAnyOrderAndInWhiteSpace() {
    assertThat(
        decode(
            " \r\n\t{ \"type\" : \"transaction\", \"amountCents\": 5716 , \"terminalId\":\"3156\",\n"
                + "\"customerId\":\"\\u0035\\u00396\",\"eventTime\":1522540831000,"
                + "\"id\":\"1000000042\" } \n"),
        is(Samples.TRANSACTION));
  }

  @Test
  void nothingIsEmpty() {
    refused((byte[]) null, EMPTY, "no value");
    refused(new byte[0], EMPTY, "no bytes");
  }

  @Test
  void tooMuchIsTooLarge() {
    refused(new byte[1_000_000], TOO_LARGE, "1000000 bytes, more than the limit of 100000");
    refused(new byte[MAX_BYTES], MALFORMED, "neither Avro nor JSON, starts with 00000000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"00", "20", "7c", "00000001", "c2", "ff7b", "efbbbf7b7d", "5b5d", "226122"})
  void otherBytesAreMalformed(String hex) {
    refused(HexFormat.of().parseHex(hex), MALFORMED, "neither Avro nor JSON, starts with");
  }

  @Test
  void cutAvroIsMalformedWhereverItIsCut() {
    byte[] whole = HexFormat.of().parseHex(AVRO);
    for (int length = 1; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), MALFORMED, "");
    }
  }

  @Test
  void cutJsonIsMalformedWhereverItIsCut() {
    for (int length = 1; length < JSON.length(); length++) {
      refused(JSON.substring(0, length), MALFORMED, "");
    }
  }

  @Test
  void whatFollowsAMessageIsMalformed() {
    refused(HexFormat.of().parseHex(AVRO + "00"), MALFORMED, "1 bytes after the transaction");
    refused(JSON + "{}", MALFORMED, "text after the transaction");
    refused(JSON + "x", MALFORMED, "not valid JSON");
    refused(JSON + "\0", MALFORMED, "not valid JSON");
  }

  @Test
  void anUnknownSchemaIsNamed() {
    refused(
        HexFormat.of().parseHex("c3010123456789abcdef00"),
        UNKNOWN_SCHEMA,
        "Avro schema fingerprint efcdab8967452301");
    refused("{\"type\":\"refund\",\"id\":7}", UNKNOWN_SCHEMA, "JSON message of type refund");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{}|the first field of the object is not \"type\"",
        "{\"id\":\"1\",\"type\":\"transaction\"}|the first field of the object is not \"type\"",
        "{\"type\":7}|field type is not a string",
        "{\"type\":\"transaction\"}|field id is missing",
        "{\"type\":\"transaction\",\"id\":\"1\"}|field eventTime is missing",
        "{\"type\":\"transaction\",\"tip\":1}|field id is missing",
        "{\"type\":\"transaction\",\"tip\":[1}|not valid JSON",
        "{\"type\":\"transaction\",\"type\":\"transaction\"}|field type is repeated",
        "{\"type\":\"transaction\",\"id\":\"1\",\"id\":\"1\"}|field id is repeated",
        "{\"type\":\"transaction\",\"id\":1}|field id is not a string",
        "{\"type\":\"transaction\",\"id\":null}|field id is not a string",
        "{\"type\":\"transaction\",\"id\":{\"a\":1}}|field id is not a string",
        "{\"type\":\"transaction\",\"id\":[\"a\"]}|field id is not a string",
        "{\"type\":\"transaction\",\"amountCents\":\"1\"}|field amountCents is not an integer",
        "{\"type\":\"transaction\",\"amountCents\":1.0}|field amountCents is not an integer",
        "{\"type\":\"transaction\",\"amountCents\":1e2}|field amountCents is not an integer",
        "{\"type\":\"transaction\",\"amountCents\":true}|field amountCents is not an integer",
        "{\"type\":\"transaction\",\"amountCents\":9223372036854775808}|field amountCents does not fit",
        "{\"type\":\"transaction\",\"amountCents\":-9223372036854775809}|field amountCents does not fit",
        "{\"type\":\"transaction\",\"amountCents\":NaN}|not valid JSON",
        "{\"type\":\"transaction\",\"amountCents\":007}|not valid JSON",
        "{\"type\":\"transaction\",\"id\":\"\\ud83d\"}|field id holds half a surrogate pair",
        "{\"type\":\"transaction\",\"id\":\"\\ude00x\"}|field id holds half a surrogate pair",
        "{\"type\":\"transaction\",id:\"x\"}|not valid JSON",
        "{\"type\":\"transaction\",/**/\"id\":\"x\"}|not valid JSON",
        "{\"type\":\"transaction\"]|not valid JSON",
      })
  void jsonOfTheWrongShapeIsMalformed(String json, String detail) {
    refused(json, MALFORMED, detail);
  }

  @Test
  void fieldsOfJsonThatNobodyKnowsAreSteppedOver() {
    String more = "\"tip\":{\"a\":[1,{\"type\":7}],\"b\":null},\"\\ud83d\":1.5e3,";
    assertThat(decode(JSON.replace("\"id\"", more + "\"id\"")), is(Samples.TRANSACTION));
    assertThat(decode(JSON.replace("\"id\"", more + more + "\"id\"")), is(Samples.TRANSACTION));
    refused(
        JSON.replace("\"id\"", "\"tip\":" + "[".repeat(90_000) + ",\"id\""),
        MALFORMED,
        "not valid JSON");
  }

  @Test
  void hugeFieldsAreMalformedOrInvalid() {
    refused(JSON.replace("5716", "1".repeat(30)), MALFORMED, "amountCents does not fit 64 bits");
    refused(JSON.replace("5716", "1".repeat(90_000)), MALFORMED, "not valid JSON");
    refused(JSON.replace("596", "5".repeat(90_000)), INVALID, "transaction.ids-present");
    refused("{\"type\":" + "[".repeat(90_000), MALFORMED, "field type is not a string");
    refused("{\"type\":\"transaction\",\"id\":" + "[".repeat(90_000), MALFORMED, "not a string");
    refused("{\"" + "n".repeat(90_000) + "\":1}", MALFORMED, "first field");
  }

  @Test
  void textThatIsNotUtf8IsMalformed() {
    byte[] latin = JSON.replace("596", "é96").getBytes(ISO_8859_1);
    refused(latin, MALFORMED, "text is not UTF-8");
    refused(JSON.getBytes(UTF_16LE), MALFORMED, "JSON is not in UTF-8");
    refused(JSON.getBytes(UTF_16BE), MALFORMED, "neither Avro nor JSON");
    // Overlong, surrogate, above the last code point: what Java refuses, Jackson alone would not.
    for (String hex : List.of("c1a1", "eda0bd", "f4908080", "80", "c3")) {
      byte[] bad = HexFormat.of().parseHex(hex);
      String good = "@".repeat(bad.length);
      byte[] json = JSON.replace("596", good).getBytes(UTF_8);
      refused(overwritten(json, bad), MALFORMED, "text is not UTF-8");
      refused(overwritten(avro("1", 1, good, "1", 1), bad), MALFORMED, "text is not UTF-8");
    }
  }

  /** The message with other bytes from its first @ on. */
  private static byte[] overwritten(byte[] message, byte[] bytes) {
    int at = 0;
    while (message[at] != '@') {
      at++;
    }
    System.arraycopy(bytes, 0, message, at, bytes.length);
    return message;
  }

  @Test
  void avroLengthsAreNotBelieved() {
    String header = AVRO.substring(0, 20);
    refused(HexFormat.of().parseHex(header + "feffffff0f"), MALFORMED, "length 2147483647 where 0");
    refused(HexFormat.of().parseHex(header + "01"), MALFORMED, "negative length -1");
    refused(
        HexFormat.of().parseHex(header + "ffffffffffffffffffff"),
        MALFORMED,
        "does not fit 64 bits");
    refused(HexFormat.of().parseHex(header + "ff"), MALFORMED, "bytes end inside a number");
  }

  @Test
  void aBrokenRuleIsNamedWithTheValue() {
    refused(
        avro("1", 1, "2", "3", -1),
        INVALID,
        "transaction.amount-in-range: amountCents is from 0 to 100000000000 (-1)");
    refused(avro("1", 1, "2", "3", 100_000_000_001L), INVALID, "(100000000001)");
    refused(avro("1", 1, "2", "3", Long.MIN_VALUE), INVALID, "transaction.amount-in-range");
    refused(avro("", 1, "2", "3", 1), INVALID, "transaction.ids-present");
    refused(avro("1", 1, "", "3", 1), INVALID, "transaction.ids-present");
    refused(avro("1", 1, "2", "x".repeat(65), 1), INVALID, "transaction.ids-present");
    refused(avro("1", -1, "2", "3", 1), INVALID, "transaction.time-plausible");
    refused(avro("1", Long.MAX_VALUE, "2", "3", 1), INVALID, "(9223372036854775807)");
    refused(JSON.replace("5716", "-5716"), INVALID, "(-5716)");
    FraudLabel early = FraudLabel.of("1", "2", 10, 9);
    refused(
        encoder.encode(FraudLabelType.of(), early, MessageFormat.AVRO),
        INVALID,
        "fraud_label.known-afterwards");
    FraudLabel nameless = FraudLabel.of("1", "", 10, 11);
    refused(
        encoder.encode(FraudLabelType.of(), nameless, MessageFormat.JSON),
        INVALID,
        "fraud_label.ids-present");
    FraudLabel ancient = FraudLabel.of("1", "2", Long.MIN_VALUE, 11);
    refused(
        encoder.encode(FraudLabelType.of(), ancient, MessageFormat.AVRO),
        INVALID,
        "fraud_label.times-plausible");
  }

  @Test
  void limitsAreInside() {
    assertThat(
        decode(avro("x".repeat(64), 0, "2", "3", TransactionType.MAX_AMOUNT_CENTS)),
        is(Transaction.of("x".repeat(64), 0, "2", "3", TransactionType.MAX_AMOUNT_CENTS)));
    assertThat(
        decode(avro("1", 7_258_118_399_999L, "2", "3", 0)),
        is(Transaction.of("1", 7_258_118_399_999L, "2", "3", 0)));
    refused(avro("1", 7_258_118_400_000L, "2", "3", 0), INVALID, "transaction.time-plausible");
  }

  @Test
  void ruleIdsAreUniqueAndSpeakOfTheirType() {
    for (EventType<?> type : TYPES) {
      List<String> ids = type.rules().stream().map(rule -> rule.id()).toList();
      assertThat(ids.stream().distinct().toList(), is(ids));
      ids.forEach(id -> assertThat(id, matchesPattern(type.name() + "\\.[a-z-]+")));
    }
  }

  @Test
  void detailsAreShortPrintableLines() {
    for (String name : List.of("a\\nb", "\\u0000", "\\u202e", "😀".repeat(300), "x".repeat(9000))) {
      Object outcome = decode("{\"type\":\"" + name + "\"}");
      assertThat(outcome.toString().length(), is(lessThan(300)));
      assertThat(outcome.toString(), not(matchesPattern("(?s).*[\\p{Cc}\\p{Cf}\\p{Cs}].*")));
      new ByteWriter().writeString(outcome.toString());
    }
  }

  @Test
  void typesMustDiffer() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new EventDecoder(List.of(TransactionType.of(), TransactionType.of()), 1));
  }

  @ParameterizedTest
  @CsvSource({"transaction", "fraud_label"})
  void typesStayOneWhenTheyTravel(String name) {
    EventType<?> type = TYPES.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    assertThat(SerializableUtils.clone(type) == type, is(true));
  }

  // Hostile bytes: whatever they are, an event that can be coded, or a dead letter that can.

  private void survives(byte[] message) {
    survives(decoder, message);
  }

  private void survives(EventDecoder decoder, byte[] message) {
    try {
      int type = decoder.decode(message);
      encodes(TYPES.get(type), decoder.event());
    } catch (DecodeException e) {
      new ByteWriter().writeString(e.detail());
      assertThat(e.detail().isEmpty(), is(false));
    }
  }

  private <E> void encodes(EventType<E> type, Object decoded) {
    E event = type.javaType().cast(decoded);
    for (MessageFormat format : MessageFormat.values()) {
      assertThat(decode(decoder(format), encoder.encode(type, event, format)), is(event));
    }
  }

  @Property(tries = 2000)
  void randomBytesDoNoHarm(@ForAll @Size(max = 200) byte[] bytes, @ForAll MessageFormat format) {
    survives(bytes);
    survives(decoder(format), bytes);
  }

  @Property(tries = 2000)
  void randomBodiesDoNoHarm(@ForAll @Size(max = 60) byte[] body, @ForAll boolean json) {
    byte[] head =
        json
            ? "{\"type\":\"transaction\",".getBytes(UTF_8)
            : HexFormat.of().parseHex(AVRO.substring(0, 20));
    byte[] message = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, message, head.length, body.length);
    survives(message);
  }

  @Property(tries = 5000)
  void mutatedMessagesDoNoHarm(
      @ForAll("transactions") Transaction transaction,
      @ForAll boolean label,
      @ForAll MessageFormat format,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1_000_000) Integer> places,
      @ForAll byte replacement) {
    byte[] message =
        label
            ? encoder.encode(FraudLabelType.of(), FraudLabel.after(transaction), format)
            : encoder.encode(TransactionType.of(), transaction, format);
    for (int place : places) {
      int at = place % message.length;
      switch (place % 4) {
        case 0 -> message[at] = replacement;
        case 1 -> message[at] ^= (byte) (1 << (place % 8));
        case 2 -> message = Arrays.copyOf(message, at + 1);
        default -> {
          byte[] longer = Arrays.copyOf(message, message.length + 1);
          System.arraycopy(message, at, longer, at + 1, message.length - at);
          message = longer;
        }
      }
    }
    survives(message);
    survives(decoder(format), message);
  }
}
