package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/**
 * The fields of a flat JSON message, all required, in any order: what {@link EventType#readJson}
 * reads with.
 *
 * <pre>{@code
 * while ((field = FIELDS.next(in, seen)) >= 0) {
 *   seen |= 1L << field;
 *   switch (field) {
 *     case 0 -> id = JsonFields.text(in);
 *     ...
 *   }
 * }
 * }</pre>
 */
public final class JsonFields {
  private final String[] names;

  private JsonFields(String[] names) {
    this.names = names;
  }

  /** The fields of a message; at most 63. */
  public static JsonFields of(String... names) {
    if (names.length > 63) {
      throw new IllegalArgumentException(names.length + " fields");
    }
    return new JsonFields(List.of(names).toArray(new String[0]));
  }

  /**
   * Moves to the value of the next field.
   *
   * @param seen a bit for each field already met
   * @return the field's index, or -1 at the closing brace
   * @throws DecodeException if the field is unknown or repeated, or a field is missing at the end
   */
  public int next(JsonParser in, long seen) throws IOException, DecodeException {
    if (in.nextToken() != JsonToken.FIELD_NAME) {
      requireAll(seen);
      return -1;
    }
    String name = in.currentName();
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        if ((seen & (1L << i)) != 0) {
          throw malformed("field " + name + " is repeated");
        }
        in.nextToken();
        return i;
      }
    }
    throw malformed("unknown field " + name);
  }

  private void requireAll(long seen) throws DecodeException {
    for (int i = 0; i < names.length; i++) {
      if ((seen & (1L << i)) == 0) {
        throw malformed("field " + names[i] + " is missing");
      }
    }
  }

  /** The string the parser stands on, which is whole Unicode text. */
  public static String text(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw malformed("field " + in.currentName() + " is not a string");
    }
    String text = in.getText();
    if (!Texts.isUnicode(text)) {
      throw malformed("field " + in.currentName() + " holds half a surrogate pair");
    }
    return text;
  }

  /** The integer the parser stands on, which fits 64 bits and has neither fraction nor exponent. */
  public static long integer(JsonParser in) throws IOException, DecodeException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw malformed("field " + in.currentName() + " is not an integer");
    }
    JsonParser.NumberType size = in.getNumberType();
    if (size == JsonParser.NumberType.BIG_INTEGER) {
      throw malformed("field " + in.currentName() + " does not fit 64 bits");
    }
    return in.getLongValue();
  }

  private static DecodeException malformed(String detail) {
    return new DecodeException(DeadLetterReason.MALFORMED, Texts.oneLine(detail));
  }
}
