package org.kappabeam.coders.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.kappabeam.coders.event.DeadLetterReason.MALFORMED;
import static org.kappabeam.coders.event.DeadLetterReason.UNKNOWN_SCHEMA;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.DynamicMessage;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.Samples;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.schema.ProtoMessage;

/** Our hand-driven reader and writer against Google's descriptors, and against hostile bytes. */
class ProtobufTest {
  private static final LogFormat PLAIN = LogFormat.of(MessageFormat.PROTOBUF_PLAIN, null, null);

  private final EventDecoder transactions =
      new EventDecoder(List.of(TransactionType.of()), 100_000, PLAIN);
  private final EventDecoder gauges =
      new EventDecoder(List.of(Gauge.Type.INSTANCE), 100_000, PLAIN);
  private final EventDecoder both =
      new EventDecoder(List.of(TransactionType.of(), FraudLabelType.of()), 100_000, PLAIN);
  private final EventEncoder encoder = new EventEncoder();

  /** What protoc would make of the file. */
  private static Descriptors.Descriptor descriptor(EventType<?> type) throws Exception {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("M");
    ProtoMessage proto = type.schemas().newest().proto();
    for (ProtoMessage.Field field : proto.fields()) {
      message
          .addField(
              FieldDescriptorProto.newBuilder()
                  .setName(field.name())
                  .setNumber(field.number())
                  .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                  .setProto3Optional(true)
                  .setOneofIndex(message.getOneofDeclCount())
                  .setType(
                      FieldDescriptorProto.Type.valueOf(
                          "TYPE_" + field.type().toUpperCase(Locale.ROOT))))
          .addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.name()));
    }
    return Descriptors.FileDescriptor.buildFrom(
            FileDescriptorProto.newBuilder().setSyntax("proto3").addMessageType(message).build(),
            new Descriptors.FileDescriptor[0])
        .findMessageTypeByName("M");
  }

  private static Object get(DynamicMessage message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  @Property(tries = 200)
  void googlesReaderReadsWhatWeWriteAndWeReadWhatGoogleWrites(
      @ForAll String id,
      @ForAll long eventTime,
      @ForAll double value,
      @ForAll boolean valid,
      @ForAll double scale)
      throws Exception {
    Gauge gauge =
        new Gauge(id.replaceAll("\\p{Cs}", "?"), eventTime, value, valid, "°F", scale, !valid);
    byte[] ours = encoder.encode(Gauge.Type.INSTANCE, gauge, MessageFormat.PROTOBUF_PLAIN);
    DynamicMessage theirs = DynamicMessage.parseFrom(descriptor(Gauge.Type.INSTANCE), ours);
    assertThat(get(theirs, "id"), is(gauge.id()));
    assertThat(get(theirs, "event_time"), is(eventTime));
    assertThat(get(theirs, "value"), is(value));
    assertThat(get(theirs, "valid"), is(valid));
    assertThat(get(theirs, "unit"), is("°F"));
    assertThat(get(theirs, "scale"), is(scale));
    assertThat(get(theirs, "checked"), is(!valid));
    gauges.decode(theirs.toByteArray());
    assertThat(gauges.event(), is(gauge));
  }

  private void refused(EventDecoder decoder, String hex, DeadLetterReason reason, String detail) {
    DecodeException e =
        assertThrows(DecodeException.class, () -> decoder.decode(HexFormat.of().parseHex(hex)));
    assertThat(e.detail(), containsString(detail));
    assertThat(e.reason(), is(reason));
  }

  private String hex(Transaction transaction) {
    return HexFormat.of()
        .formatHex(encoder.encode(TransactionType.of(), transaction, MessageFormat.PROTOBUF_PLAIN));
  }

  @Test
  void fieldsNobodyKnowsAreSteppedOver() throws DecodeException {
    // Field 100 as a varint, as 8 bytes, as text, as a group that holds a field 1, as 4 bytes.
    String unknown =
        "a006ff01" + "a1060102030405060708" + "a20603616263" + "a3060801a406" + "a50601020304";
    transactions.decode(HexFormat.of().parseHex(unknown + hex(Samples.TRANSACTION) + unknown));
    assertThat(transactions.event(), is(Samples.TRANSACTION));
  }

  @Test
  void ofAFieldThatComesTwiceTheLastCounts() throws DecodeException {
    transactions.decode(HexFormat.of().parseHex("0a0178" + hex(Samples.TRANSACTION)));
    assertThat(transactions.event(), is(Samples.TRANSACTION));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "08|field 1 has wire type 0",
        "2d00000000|field 5 has wire type 5",
        "0b0c|field 1 has wire type 3",
        "0affffffff07|not valid Protobuf",
        "0affffffffffffffffff01|not valid Protobuf",
        "0a05|not valid Protobuf",
        "10ffffffffffffffffffff01|not valid Protobuf",
        "10ff|not valid Protobuf",
        "0a01ff|not valid Protobuf",
        "0a03eda080|not valid Protobuf",
        "00|not valid Protobuf",
        "02|not valid Protobuf",
        "ffffffffffffffffffffff|not valid Protobuf",
        "07|not valid Protobuf",
        "0c|field 1 has wire type 4",
        "a406|not valid Protobuf: Protocol message end-group tag",
        "a306|not valid Protobuf",
        "a306a406|field id is missing",
        "0a0131|field eventTime is missing",
      })
  void hostileBytesAreMalformed(String hex, String detail) {
    refused(transactions, hex, MALFORMED, detail);
  }

  @Test
  void nestingIsBounded() {
    refused(transactions, "a306".repeat(40_000), MALFORMED, "not valid Protobuf");
  }

  @Test
  void anEnvelopeHoldsOneEvent() throws DecodeException {
    String one = hex(Transaction.of("1", 2, "3", "4", 5));
    String field = "0a" + HexFormat.of().toHexDigits((byte) (one.length() / 2)) + one;
    both.decode(HexFormat.of().parseHex("a00601" + field + "a00601"));
    assertThat(both.event(), is(Transaction.of("1", 2, "3", "4", 5)));
    refused(both, field + field, MALFORMED, "more than one event in a message");
    refused(both, "a00601", UNKNOWN_SCHEMA, "without an event of this log");
    refused(both, "1a0131", UNKNOWN_SCHEMA, "without an event of this log");
    refused(both, "0801", MALFORMED, "field 1 has wire type 0");
    refused(both, "0a7f" + one, MALFORMED, "not valid Protobuf");
    refused(both, "0affffffff0f" + one, MALFORMED, "not valid Protobuf");
    refused(both, "0a01" + one, MALFORMED, "not valid Protobuf");
    refused(both, "1c" + field, MALFORMED, "end-group tag");
  }

  @Property(tries = 2000)
  void randomBytesDoNoHarm(@ForAll @Size(max = 100) byte[] bytes) {
    for (EventDecoder decoder : List.of(transactions, gauges, both)) {
      try {
        decoder.decode(bytes);
      } catch (DecodeException e) {
        assertThat(e.detail().isEmpty(), is(false));
      }
    }
  }
}
