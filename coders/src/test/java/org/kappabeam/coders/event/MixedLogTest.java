package org.kappabeam.coders.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;

/** One log, all versions and all formats that show themselves, side by side. */
class MixedLogTest {
  private static final List<EventType<?>> TYPES =
      List.of(TransactionType.of(), FraudLabelType.of(), Gauge.Type.INSTANCE);
  private static final Set<MessageFormat> TOLD =
      EnumSet.of(MessageFormat.AVRO_PLAIN, MessageFormat.PROTOBUF_PLAIN);

  private final MemoryRegistry registry = new MemoryRegistry();
  private final EventEncoder encoder = new EventEncoder(TYPES, registry::id);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Message(byte[] bytes, Object event) {}

  /** A message of every version of every type in a format, with events that differ. */
  private List<Message> messages(MessageFormat format, Random random) {
    List<Message> messages = new ArrayList<>();
    for (EventSchema version : TransactionType.of().schemas().versions()) {
      Transaction event =
          Transaction.of(
              "t" + random.nextInt(),
              random.nextInt(1_000_000),
              "c",
              "Ω" + random.nextInt(),
              random.nextInt(1_000_000),
              version.version() == 1 ? 0 : 1 + random.nextInt(9_999));
      messages.add(
          new Message(encoder.encode(TransactionType.of(), event, format, version), event));
    }
    FraudLabel label = FraudLabel.of("l" + random.nextInt(), "7", 5, random.nextInt(9) + 5L);
    messages.add(new Message(encoder.encode(FraudLabelType.of(), label, format), label));
    for (EventSchema version : Gauge.Type.INSTANCE.schemas().versions()) {
      Gauge first = Gauge.first("g" + random.nextInt(), -7, random.nextGaussian(), false);
      Gauge event =
          version.version() == 1
              ? first
              : new Gauge(first.id(), Long.MIN_VALUE, -0.0, true, "", 1e300, false);
      messages.add(new Message(encoder.encode(Gauge.Type.INSTANCE, event, format, version), event));
    }
    return messages;
  }

  private void decodesAll(EventDecoder decoder, List<Message> messages) throws DecodeException {
    for (Message message : messages) {
      int type = decoder.decode(message.bytes());
      assertThat(decoder.event(), is(message.event()));
      assertThat(TYPES.get(type).javaType().isInstance(message.event()), is(true));
    }
  }

  @Test
  void decodesToTheRightEvents() throws DecodeException {
    Random random = new Random(8);
    List<Message> log = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (MessageFormat format : EnumSet.complementOf(EnumSet.copyOf(TOLD))) {
        log.addAll(messages(format, random));
      }
    }
    Collections.shuffle(log, random);
    assertThat(log.size(), is(50 * 4 * 5));
    EventDecoder decoder =
        new EventDecoder(TYPES, 10_000, LogFormat.of(null, null, registry.opener()));
    decodesAll(decoder, log);
    // Ten schemas, each looked up once.
    assertThat(registry.asked().size(), is(10));
  }

  @Test
  void plainProtobufMixesItsVersions() throws DecodeException {
    EventDecoder decoder =
        new EventDecoder(TYPES, 10_000, LogFormat.of(MessageFormat.PROTOBUF_PLAIN, null, null));
    decodesAll(decoder, messages(MessageFormat.PROTOBUF_PLAIN, new Random(1)));
  }

  @Test
  void plainAvroIsOfOneVersion() throws DecodeException {
    String first =
        "[%s,%s,%s]"
            .formatted(
                TYPES.get(0).schemas().version(1).avro(),
                TYPES.get(1).schemas().version(1).avro(),
                TYPES.get(2).schemas().version(1).avro());
    List<Message> messages = messages(MessageFormat.AVRO_PLAIN, new Random(2));
    EventDecoder old =
        new EventDecoder(TYPES, 10_000, LogFormat.of(MessageFormat.AVRO_PLAIN, first, null));
    decodesAll(old, List.of(messages.get(0), messages.get(2), messages.get(3)));
    EventDecoder now =
        new EventDecoder(TYPES, 10_000, LogFormat.of(MessageFormat.AVRO_PLAIN, null, null));
    decodesAll(now, List.of(messages.get(1), messages.get(2), messages.get(4)));
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO_PLAIN", "PROTOBUF_PLAIN"})
  void aLogOfOneTypeHasNoEnvelope(MessageFormat format) throws DecodeException {
    Transaction event = Transaction.of("1", 2, "3", "4", 5, 6);
    byte[] alone = new EventEncoder().encode(TransactionType.of(), event, format);
    byte[] amongOthers = encoder.encode(TransactionType.of(), event, format);
    assertThat(amongOthers.length, greaterThan(alone.length));
    EventDecoder decoder =
        new EventDecoder(List.of(TransactionType.of()), 1_000, LogFormat.of(format, null, null));
    decoder.decode(alone);
    assertThat(decoder.event(), is(event));
  }

  @ParameterizedTest
  @EnumSource
  void aLogSaidToBeInOneFormatHoldsNoOther(MessageFormat told) {
    EventDecoder decoder =
        new EventDecoder(TYPES, 10_000, LogFormat.of(told, null, registry.opener()));
    for (MessageFormat other : MessageFormat.values()) {
      if (other != told) {
        for (Message message : messages(other, new Random(3))) {
          DecodeException e =
              assertThrows(DecodeException.class, () -> decoder.decode(message.bytes()));
          assertThat(e.detail(), e.detail().isEmpty(), is(false));
        }
      }
    }
  }

  @Test
  void formatsThatCannotBeHadAreRefused() {
    KappaException noRegistry =
        assertThrows(
            KappaException.class, () -> LogFormat.of(MessageFormat.AVRO_CONFLUENT, null, null));
    assertThat(noRegistry.getMessage(), containsString("--schemaRegistryUrl"));
    KappaException pointless =
        assertThrows(KappaException.class, () -> LogFormat.of(null, "\"string\"", null));
    assertThat(pointless.getMessage(), containsString("--messageFormat=AVRO_PLAIN"));
    LogFormat broken = LogFormat.of(MessageFormat.AVRO_PLAIN, "{", null);
    KappaException noSchema =
        assertThrows(KappaException.class, () -> new EventDecoder(TYPES, 1_000, broken));
    assertThat(noSchema.getMessage(), containsString("is no Avro schema"));
    LogFormat travelled =
        SerializableUtils.clone(LogFormat.of(MessageFormat.AVRO_PLAIN, "\"int\"", null));
    assertThat(travelled, is(LogFormat.of(MessageFormat.AVRO_PLAIN, "\"int\"", null)));
  }

  @Test
  void schemaFilesThatContradictEachOtherAreRefused() {
    assertThat(
        wrong("proto"),
        containsString(
            "[optional int32 event_time], the .avsc file of the version [optional int64"));
    assertThat(wrong("json"), containsString("declares [eventTime number required]"));
    assertThat(wrong("keyword"), containsString("the keyword minimum is not enforced"));
    assertThat(wrong("array"), containsString("W.tags is a ARRAY"));
    assertThat(wrong("nothing"), containsString("no schema file /schemas/wrong/nothing.v1.avsc"));
  }

  private static String wrong(String name) {
    return assertThrows(
            IllegalStateException.class,
            () -> EventSchemas.load(MixedLogTest.class, "/schemas/wrong/" + name))
        .getMessage();
  }
}
