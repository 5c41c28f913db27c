package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the fields of a JSON object in any order and holds them against the event's JSON Schema:
 * each has its type, none that is required is missing. Stricter than JSON Schema: no field of ours
 * twice, integers without fraction or exponent that fit 64 bits, whole Unicode text. Other fields
 * are skipped.
 */
final class JsonReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String[] names;
  private final EventField.Kind[] kinds;

  JsonReader(List<EventField> fields) {
    names = fields.stream().map(EventField::name).toArray(String[]::new);
    kinds = fields.stream().map(EventField::kind).toArray(EventField.Kind[]::new);
  }

  /** Reads up to and including the closing brace; the field {@code "type"} has been read. */
  void read(JsonParser in, FieldValues values) throws IOException, DecodeException {
    int expected = 0;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      int field = find(in.currentName(), expected);
      in.nextToken();
      if (field < 0) {
        in.skipChildren();
        continue;
      }
      if (values.has(field)) {
        throw malformed("field " + names[field] + " is repeated");
      }
      switch (kinds[field]) {
        case TEXT -> values.setText(field, text(in));
        case LONG -> values.setInteger(field, integer(in));
        case DOUBLE -> values.setDecimal(field, decimal(in));
        case BOOLEAN -> values.setFlag(field, flag(in));
      }
      expected = field + 1;
    }
  }

  /** Fields mostly stand in the order of the schema. */
  private int find(String name, int expected) throws DecodeException {
    if (expected < names.length && names[expected].equals(name)) {
      return expected;
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    if (name.equals("type")) {
      throw malformed("field type is repeated");
    }
    return -1;
  }

  private static String text(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw malformed("field " + in.currentName() + " is not a string");
    }
    String text = in.getText();
    if (!Texts.isUnicode(text)) {
      throw malformed("field " + in.currentName() + " holds half a surrogate pair");
    }
    return text;
  }

  private static long integer(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw malformed("field " + in.currentName() + " is not an integer");
    }
    if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw malformed("field " + in.currentName() + " does not fit 64 bits");
    }
    return in.getLongValue();
  }

  private static double decimal(JsonParser in) throws IOException, DecodeException {
    if (!in.currentToken().isNumeric()) {
      throw malformed("field " + in.currentName() + " is not a number");
    }
    double value = in.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw malformed("field " + in.currentName() + " does not fit a double");
    }
    return value;
  }

  private static boolean flag(JsonParser in) throws IOException, DecodeException {
    if (!in.currentToken().isBoolean()) {
      throw malformed("field " + in.currentName() + " is not true or false");
    }
    return in.getBooleanValue();
  }

  private static DecodeException malformed(String detail) {
    return new DecodeException(DeadLetterReason.MALFORMED, Texts.oneLine(detail));
  }

  /** The fields as a JSON Schema has to declare them, sorted. */
  static List<String> describe(List<EventField> fields) {
    return fields.stream()
        .map(
            field ->
                field.name()
                    + " "
                    + jsonType(field.kind())
                    + (field.defaultValue() == null
                        ? " required"
                        : " default " + JSON.valueToTree(field.defaultValue())))
        .sorted()
        .toList();
  }

  private static String jsonType(EventField.Kind kind) {
    return switch (kind) {
      case TEXT -> "string";
      case LONG -> "integer";
      case DOUBLE -> "number";
      case BOOLEAN -> "boolean";
    };
  }

  /**
   * The fields as a JSON Schema declares them, sorted, without {@code "type"}.
   *
   * @throws IllegalStateException if the schema says more than that: a keyword that is not enforced
   *     would be a promise that is not kept
   */
  static List<String> describe(String schema) {
    JsonNode root;
    try {
      root = JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON: " + e.getOriginalMessage(), e);
    }
    requireKeys(root, "$schema", "$id", "title", "description", "type", "properties", "required");
    Set<String> required = new TreeSet<>();
    root.path("required").forEach(name -> required.add(name.asText()));
    if (!root.path("type").asText().equals("object")
        || !root.path("properties").path("type").path("const").isTextual()
        || !required.remove("type")) {
      throw new IllegalStateException(
          "the schema is not that of an object with a constant, required \"type\"");
    }
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : root.path("properties").properties()) {
      String name = property.getKey();
      JsonNode field = property.getValue();
      if (!name.equals("type")) {
        requireKeys(field, "type", "default", "description");
        fields.add(
            name
                + " "
                + field.path("type").asText()
                + (required.contains(name) ? " required" : "")
                + (field.has("default") ? " default " + field.get("default") : ""));
      }
    }
    return fields.stream().sorted().toList();
  }

  private static void requireKeys(JsonNode schema, String... known) {
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      if (!Set.of(known).contains(entry.getKey())) {
        throw new IllegalStateException(
            "the keyword " + entry.getKey() + " is not enforced here; make it a quality rule");
      }
    }
  }
}
