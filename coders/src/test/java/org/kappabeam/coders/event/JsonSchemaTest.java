package org.kappabeam.coders.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.TransactionType;

/** Our reader accepts exactly the documents that the newest JSON Schema does. */
class JsonSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
  private static final List<Object> VALUES =
      List.of("text", "", 7, -1L << 40, 2.5, true, false, List.of(1), Map.of("a", 1));

  static List<EventType<?>> types() {
    return List.of(TransactionType.of(), FraudLabelType.of(), Gauge.Type.INSTANCE);
  }

  private static JsonSchema schema(EventSchema version) {
    return SCHEMAS.getSchema(String.valueOf(version.jsonText()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void theReaderAcceptsWhatTheSchemaAccepts(EventType<?> type) throws Exception {
    JsonSchema schema = schema(type.schemas().newest());
    EventDecoder decoder = new EventDecoder(List.of(type), 10_000);
    Random random = new Random(4);
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      String document = document(type, random);
      boolean valid = schema.validate(JSON.readTree(document)).isEmpty();
      String outcome = "";
      try {
        decoder.decode(document.getBytes(StandardCharsets.UTF_8));
      } catch (DecodeException e) {
        outcome = e.reason() == DeadLetterReason.INVALID ? "" : e.detail();
      }
      assertThat(document + ": " + outcome, outcome.isEmpty(), is(valid));
      accepted += valid ? 1 : 0;
      refused += valid ? 0 : 1;
    }
    assertThat(accepted, greaterThan(500));
    assertThat(refused, greaterThan(500));
  }

  /** Mostly good, with now and then a field too little, too much, or of any type. */
  private static String document(EventType<?> type, Random random) throws Exception {
    List<String> fields = new ArrayList<>();
    for (EventField field : type.schemas().fields()) {
      if (random.nextInt(20) == 0) {
        continue;
      }
      Object value =
          switch (field.kind()) {
            case TEXT -> "x";
            case LONG -> random.nextInt(1_000);
            case DOUBLE -> random.nextBoolean() ? random.nextInt(9) : random.nextGaussian();
            case BOOLEAN -> random.nextBoolean();
          };
      if (random.nextInt(20) == 0) {
        value = VALUES.get(random.nextInt(VALUES.size()));
      }
      fields.add(JSON.writeValueAsString(field.name()) + ":" + JSON.writeValueAsString(value));
    }
    if (random.nextInt(4) == 0) {
      fields.add("\"extra\":" + JSON.writeValueAsString(VALUES.get(random.nextInt(VALUES.size()))));
    }
    Collections.shuffle(fields, random);
    String name = random.nextInt(50) == 0 ? "other" : type.name();
    fields.add(0, "\"type\":\"" + name + "\"");
    return "{" + String.join(",", fields) + "}";
  }

  @Test
  void whatIsWrittenInAVersionIsValidInThatVersion() throws Exception {
    for (EventSchema version : Gauge.Type.INSTANCE.schemas().versions()) {
      Gauge gauge = new Gauge("a", 1, 2.5, true, "°F", 3, false);
      JsonNode document =
          JSON.readTree(
              new EventEncoder().encode(Gauge.Type.INSTANCE, gauge, MessageFormat.JSON, version));
      assertThat(schema(version).validate(document).isEmpty(), is(true));
      assertThat(document.size(), is(1 + version.avro().getFields().size()));
    }
  }
}
