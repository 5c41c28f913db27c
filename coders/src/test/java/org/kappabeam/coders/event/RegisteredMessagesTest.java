package org.kappabeam.coders.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.kappabeam.coders.event.DeadLetterReason.MALFORMED;
import static org.kappabeam.coders.event.DeadLetterReason.UNKNOWN_SCHEMA;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.Samples;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.schema.RegisteredSchema.Language;

/** Confluent's wire format, with schemas as strangers register them. */
class RegisteredMessagesTest {
  private static final List<EventType<?>> TYPES =
      List.of(TransactionType.of(), FraudLabelType.of());
  private static final String RECORD =
      "{'type':'record','name':'Transaction','namespace':'org.kappabeam.fraud','fields':[%s]}";
  private static final String FIELDS =
      "{'name':'amountCents','type':'long'},{'name':'terminalId','type':'string'},"
          + "{'name':'id','type':'string'},{'name':'customerId','type':'string'},"
          + "{'name':'eventTime','type':'long'}";

  private final MemoryRegistry registry = new MemoryRegistry();
  private final EventDecoder decoder =
      new EventDecoder(TYPES, 100_000, LogFormat.of(null, null, registry.opener()));

  private int avro(String text) {
    return registry.add(Language.AVRO, text.replace('\'', '"'));
  }

  private static byte[] message(int id, byte[] body) {
    byte[] message = new byte[5 + body.length];
    for (int i = 0; i < 4; i++) {
      message[1 + i] = (byte) (id >>> (24 - 8 * i));
    }
    System.arraycopy(body, 0, message, 5, body.length);
    return message;
  }

  private static byte[] message(int id, String hex) {
    return message(id, HexFormat.of().parseHex(hex));
  }

  /** Written by Avro's own writer. */
  private static byte[] body(String schemaText, Map<String, Object> values) throws IOException {
    Schema schema = new Schema.Parser().parse(schemaText.replace('\'', '"'));
    GenericRecord record = new GenericData.Record(schema);
    values.forEach(record::put);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static Map<String, Object> sample(Object amount) {
    Transaction t = Samples.TRANSACTION;
    return new HashMap<>(
        Map.of(
            "id", t.id(),
            "eventTime", t.eventTime(),
            "customerId", t.customerId(),
            "terminalId", t.terminalId(),
            "amountCents", amount));
  }

  private void refused(byte[] message, DeadLetterReason reason, String detail) {
    DecodeException e = assertThrows(DecodeException.class, () -> decoder.decode(message));
    assertThat(e.detail(), containsString(detail));
    assertThat(e.reason(), is(reason));
  }

  @Test
  void fieldsAreFoundByNameAndOthersAreSteppedOver() throws Exception {
    String nested =
        RECORD.formatted(
            "{'name':'note','type':['null','string']},"
                + "{'name':'tags','type':{'type':'array','items':{'type':'map','values':'bytes'}}},"
                + "{'name':'place','type':{'type':'record','name':'Place','fields':["
                + "{'name':'x','type':'float'},{'name':'y','type':'double'},"
                + "{'name':'z','type':'boolean'},{'name':'n','type':'null'}]}},"
                + "{'name':'sum','type':{'type':'fixed','name':'Sum','size':3}},"
                + "{'name':'kind','type':{'type':'enum','name':'Kind','symbols':['A','B']}},"
                + FIELDS
                + ",{'name':'count','type':'int'}");
    Schema schema = new Schema.Parser().parse(nested.replace('\'', '"'));
    Map<String, Object> values = sample(Samples.TRANSACTION.amountCents());
    values.put("note", "hello");
    values.put(
        "tags",
        List.of(
            Map.of("a", ByteBuffer.wrap(new byte[] {1}), "b", ByteBuffer.wrap(new byte[0])),
            Map.of()));
    GenericRecord place = new GenericData.Record(schema.getField("place").schema());
    place.put("x", 1f);
    place.put("y", 2d);
    place.put("z", true);
    values.put("place", place);
    values.put("sum", new GenericData.Fixed(schema.getField("sum").schema(), new byte[] {1, 2, 3}));
    values.put("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "B"));
    values.put("count", -1);
    byte[] message = message(avro(nested), body(nested, values));
    assertThat(decoder.decode(message), is(0));
    assertThat(decoder.event(), is(Samples.TRANSACTION));
    for (int length = 1; length < message.length; length++) {
      byte[] cut = Arrays.copyOf(message, length);
      DecodeException e = assertThrows(DecodeException.class, () -> decoder.decode(cut));
      assertThat(e.reason(), is(MALFORMED));
    }
    refused(Arrays.copyOf(message, message.length + 1), MALFORMED, "1 bytes after");
  }

  @Test
  void narrowerTypesAreWidenedAndOtherNamesAreAliases() throws Exception {
    String narrow =
        RECORD.formatted(
            FIELDS
                .replace("'amountCents','type':'long'", "'amountCents','type':['int','long']")
                .replace("'customerId','type':'string'", "'customerId','type':'bytes'"));
    Map<String, Object> values = sample(5716);
    values.put("customerId", ByteBuffer.wrap("596".getBytes(StandardCharsets.UTF_8)));
    decoder.decode(message(avro(narrow), body(narrow, values)));
    assertThat(decoder.event(), is(Samples.TRANSACTION));
    refused(message(1, "04"), MALFORMED, "union branch 2 of 2");

    EventDecoder gauges =
        new EventDecoder(
            List.of(Gauge.Type.INSTANCE), 1_000, LogFormat.of(null, null, registry.opener()));
    String gauge =
        "{'type':'record','name':'Dial','namespace':'org.kappabeam.test','fields':["
            + "{'name':'id','type':'string'},{'name':'eventTime','type':'int'},"
            + "{'name':'value','type':'float'},{'name':'ok','type':'boolean'},"
            + "{'name':'scale','type':'long'}]}";
    Map<String, Object> reading =
        Map.of("id", "g", "eventTime", -9, "value", 0.5f, "ok", true, "scale", 3L);
    gauges.decode(message(avro(gauge), body(gauge, reading)));
    assertThat(gauges.event(), is(new Gauge("g", -9, 0.5, true, "°C", 3.0, true)));
  }

  @Test
  void aUnionOfRecordsIsWhateverItsBranchSays() throws Exception {
    String transaction = RECORD.formatted(FIELDS);
    String label = FraudLabelType.of().schemas().newest().avro().toString();
    int id =
        registry.add(
            Language.AVRO,
            "[\"null\",\"org.kappabeam.fraud.FraudLabel\",\"org.kappabeam.fraud.Transaction\"]",
            label,
            transaction.replace('\'', '"'));
    byte[] body = body(transaction, sample(5716L));
    byte[] branch = new byte[1 + body.length];
    branch[0] = 4;
    System.arraycopy(body, 0, branch, 1, body.length);
    assertThat(decoder.decode(message(id, branch)), is(0));
    assertThat(decoder.event(), is(Samples.TRANSACTION));
    refused(message(id, "00"), UNKNOWN_SCHEMA, "Avro schema null of no event");
    refused(message(id, "06"), MALFORMED, "union branch 3 of 3");
    refused(message(id, "01"), MALFORMED, "union branch -1 of 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "AVRO|'string'|Avro schema string of no event of this log",
        "AVRO|{'type':'record','name':'Other','fields':[]}|Avro schema Other of no event",
        "AVRO|{'type':'record','name':'Transaction','fields':[]}|of no event of this log",
        "AVRO|{'type':'record','name':'org.kappabeam.fraud.Transaction','fields':[]}|"
            + "that is not compatible: reader field missing default value at /fields/0: id",
        "AVRO|[]|an empty union",
        "AVRO|{'type':'strin'}|a AVRO schema that cannot be read",
        "AVRO|{|a AVRO schema that cannot be read",
        "PROTOBUF|message {|a PROTOBUF schema that cannot be read: line 1",
        "PROTOBUF|message M {}|Protobuf message M of no event of this log",
        "PROTOBUF|syntax='proto3';|has no message at [0]",
        "PROTOBUF|package org.kappabeam.fraud; message Transaction { optional string id = 1; }|"
            + "that is not compatible: field 2 (event_time) is missing and has no default",
        "PROTOBUF|package org.kappabeam.fraud; message Transaction { optional int32 id = 1; }|"
            + "that is not compatible: field 1 (id) is a int32",
        "PROTOBUF|package org.kappabeam.fraud; message Transaction { repeated string id = 1; }|"
            + "that is not compatible: field 1 (id) is a repeated string",
        "JSON|{}|a JSON Schema: JSON messages come without a header",
      })
  void schemasThatAreNotOursAreUnknown(Language language, String schema, String detail) {
    int id = registry.add(language, schema.replace('\'', '"'));
    refused(message(id, "00"), UNKNOWN_SCHEMA, detail);
    refused(message(id, "00"), UNKNOWN_SCHEMA, detail);
    assertThat(registry.asked(), is(List.of(id)));
  }

  @Test
  void anUnknownIdIsUnknownUntilItIsThere() throws Exception {
    byte[] message = message(1, body(RECORD.formatted(FIELDS), sample(5716L)));
    refused(message, UNKNOWN_SCHEMA, "the registry has no schema with the id 1");
    avro(RECORD.formatted(FIELDS));
    decoder.decode(message);
    assertThat(decoder.event(), is(Samples.TRANSACTION));
  }

  @Test
  void aRegistryThatIsDownIsNotTheRecordsFault() throws Exception {
    int known = avro(RECORD.formatted(FIELDS));
    int unseen = avro(RECORD.formatted(FIELDS));
    byte[] body = body(RECORD.formatted(FIELDS), sample(5716L));
    decoder.decode(message(known, body));
    registry.stop();
    KappaException e =
        assertThrows(KappaException.class, () -> decoder.decode(message(unseen, body)));
    assertThat(e.getMessage(), is("the registry is down: start it"));
    decoder.decode(message(known, body));
    assertThat(decoder.event(), is(Samples.TRANSACTION));
  }

  @Test
  void readersAreKeptWithinABound() throws Exception {
    byte[] body = body(RECORD.formatted(FIELDS), sample(5716L));
    for (int i = 1; i <= 600; i++) {
      decoder.decode(message(avro(RECORD.formatted(FIELDS)), body));
    }
    for (int i = 600; i >= 1; i--) {
      decoder.decode(message(i, body));
    }
    // The last 500 were still there, the first 100 had to be asked for again.
    assertThat(registry.asked().size(), is(700));
  }

  @Test
  void headersAreChecked() {
    refused(HexFormat.of().parseHex("00"), MALFORMED, "the header with the schema's id is cut");
    refused(HexFormat.of().parseHex("00000000"), MALFORMED, "header");
    refused(HexFormat.of().parseHex("00ffffffff00"), MALFORMED, "id is negative: -1");
    EventDecoder without = new EventDecoder(TYPES, 1_000);
    DecodeException e = assertThrows(DecodeException.class, () -> without.decode(message(1, "00")));
    assertThat(e.detail(), containsString("no registry is given"));
  }

  @Test
  void valuesThatTakeNoBytesAreCounted() {
    String field = "{'name':'a','type':{'type':'array','items':{'type':'array','items':'null'}}},";
    int id = avro(RECORD.formatted(field + FIELDS));
    // Ten thousand arrays that claim ten thousand nulls each: 100 million steps in 30 kB.
    byte[] bomb = new byte[30_010];
    Arrays.fill(bomb, (byte) 0);
    byte[] count = HexFormat.of().parseHex("a09c01");
    System.arraycopy(count, 0, bomb, 0, 3);
    for (int i = 0; i < 5_000; i++) {
      System.arraycopy(count, 0, bomb, 3 + 4 * i, 3);
    }
    refused(message(id, bomb), MALFORMED, "more values than bytes to step over");
  }

  @Test
  void nestingIsBounded() {
    String list =
        "{'name':'a','type':{'type':'record','name':'L','fields':"
            + "[{'name':'next','type':['null','L']}]}},";
    int id = avro(RECORD.formatted(list + FIELDS));
    byte[] deep = new byte[10_000];
    Arrays.fill(deep, (byte) 2);
    refused(message(id, deep), MALFORMED, "nested deeper than 64");
  }

  @Test
  void protobufPathsLeadToTheirMessage() throws Exception {
    String file =
        "package org.kappabeam; message fraud { message Empty {} message Transaction {"
            + "string id = 1; uint32 event_time = 2; bytes customer_id = 3; string terminal_id = 4;"
            + "int32 amount_cents = 5; } } message Last {}";
    int id = registry.add(Language.PROTOBUF, file);
    byte[] body =
        new EventEncoder()
            .encode(
                TransactionType.of(),
                Transaction.of("i", 2, "c", "t", 5),
                MessageFormat.PROTOBUF_PLAIN,
                TransactionType.of().schemas().version(1));
    String hex = HexFormat.of().formatHex(body);
    decoder.decode(message(id, "040002" + hex));
    assertThat(decoder.event(), is(Transaction.of("i", 2, "c", "t", 5)));
    refused(message(id, "00" + hex), UNKNOWN_SCHEMA, "org.kappabeam.fraud of no event");
    refused(message(id, "0202" + hex), UNKNOWN_SCHEMA, "org.kappabeam.Last of no event");
    refused(message(id, "0208" + hex), UNKNOWN_SCHEMA, "no message at [4]");
    refused(message(id, "22" + hex), MALFORMED, "a path of 17 message indexes");
    refused(message(id, "01" + hex), MALFORMED, "a path of -1 message indexes");
    refused(message(id, "04"), MALFORMED, "not valid Protobuf");
    refused(message(id, ""), MALFORMED, "not valid Protobuf");
  }

  @Test
  void theListOfAskedIdsIsEmptyWhereNothingIsAsked() throws Exception {
    decoder.decode(
        new EventEncoder().encode(TransactionType.of(), Samples.TRANSACTION, MessageFormat.AVRO));
    assertThat(registry.asked(), is(Collections.emptyList()));
  }
}
