package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Turns a record's bytes into a checked event, or says why not. Each record's format is recognised
 * by its first bytes ({@link MessageFormat}); a log may mix them. Bytes are never trusted: whatever
 * they hold, the outcome is an event that keeps all rules of its type, or a {@link
 * DecodeException}. Not thread-safe; one instance decodes many records.
 */
public final class EventDecoder {
  private final EventType<?>[] types;
  private final long[] fingerprints;
  private final int maxBytes;
  private final BoundedDecoder avro = new BoundedDecoder();
  private @Nullable Object event;

  /**
   * @param types the events this log may hold; names and schemas differ
   * @param maxBytes the largest record that is decoded, in bytes
   */
  public EventDecoder(List<EventType<?>> types, int maxBytes) {
    this.types = types.toArray(new EventType<?>[0]);
    this.fingerprints = new long[this.types.length];
    this.maxBytes = maxBytes;
    for (int i = 0; i < this.types.length; i++) {
      fingerprints[i] = Messages.fingerprint(this.types[i].avroSchema());
      for (int j = 0; j < i; j++) {
        if (fingerprints[i] == fingerprints[j]
            || this.types[i].name().equals(this.types[j].name())) {
          throw new IllegalArgumentException(
              "event types " + i + " and " + j + " share a name or a schema");
        }
      }
    }
  }

  /**
   * Decodes and checks one record.
   *
   * @return the index of the event's type in the constructor's list; the event itself is {@link
   *     #event}
   * @throws DecodeException EMPTY, TOO_LARGE, MALFORMED, UNKNOWN_SCHEMA or INVALID, with one line
   *     of detail
   */
  public int decode(byte @Nullable [] value) throws DecodeException {
    event = null;
    if (value == null || value.length == 0) {
      throw refuse(DeadLetterReason.EMPTY, value == null ? "no value" : "value of no bytes");
    }
    if (value.length > maxBytes) {
      throw refuse(
          DeadLetterReason.TOO_LARGE, value.length + " bytes, more than the limit of " + maxBytes);
    }
    try {
      if ((value[0] & 0xFF) == Messages.AVRO_MARK_0) {
        return decodeAvro(value);
      }
      int start = 0;
      while (start < value.length && isJsonSpace(value[start])) {
        start++;
      }
      if (start < value.length && value[start] == '{') {
        return decodeJson(value, start);
      }
    } catch (JsonProcessingException e) {
      throw refuse(DeadLetterReason.MALFORMED, "not valid JSON: " + e.getOriginalMessage());
    } catch (IOException | RuntimeException e) {
      // An event type may stumble over bytes in ways nobody foresaw; that is still the bytes'
      // fault.
      throw refuse(DeadLetterReason.MALFORMED, describe(e));
    }
    throw refuse(
        DeadLetterReason.MALFORMED,
        "neither Avro nor JSON, starts with "
            + HexFormat.of().formatHex(value, 0, Math.min(4, value.length)));
  }

  /** The event of the last successful {@link #decode}. */
  public Object event() {
    if (event == null) {
      throw new IllegalStateException("the last record was refused");
    }
    return event;
  }

  private int decodeAvro(byte[] value) throws IOException, DecodeException {
    if (value.length < Messages.AVRO_HEADER || value[1] != Messages.AVRO_MARK_1) {
      throw refuse(DeadLetterReason.MALFORMED, "Avro header is damaged or cut short");
    }
    long fingerprint = 0;
    for (int i = Messages.AVRO_HEADER - 1; i >= 2; i--) {
      fingerprint = (fingerprint << 8) | (value[i] & 0xFF);
    }
    for (int i = 0; i < fingerprints.length; i++) {
      if (fingerprints[i] == fingerprint) {
        avro.reset(value, Messages.AVRO_HEADER);
        accept(types[i]);
        return i;
      }
    }
    throw refuse(
        DeadLetterReason.UNKNOWN_SCHEMA,
        "Avro schema fingerprint " + HexFormat.of().toHexDigits(fingerprint));
  }

  private <E> void accept(EventType<E> type) throws IOException, DecodeException {
    E decoded = type.readAvro(avro);
    if (avro.remaining() > 0) {
      throw refuse(
          DeadLetterReason.MALFORMED, avro.remaining() + " bytes after the " + type.name());
    }
    check(type, decoded);
  }

  private int decodeJson(byte[] value, int start) throws IOException, DecodeException {
    requireUtf8(value, start);
    try (JsonParser json = Messages.JSON.createParser(value, start, value.length - start)) {
      json.nextToken();
      if (json.nextToken() != JsonToken.FIELD_NAME || !json.currentName().equals("type")) {
        throw refuse(DeadLetterReason.MALFORMED, "the first field of the object is not \"type\"");
      }
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw refuse(DeadLetterReason.MALFORMED, "field type is not a string");
      }
      String name = json.getText();
      for (int i = 0; i < types.length; i++) {
        if (types[i].name().equals(name)) {
          accept(types[i], json);
          return i;
        }
      }
      throw refuse(DeadLetterReason.UNKNOWN_SCHEMA, "JSON message of type " + name);
    }
  }

  private <E> void accept(EventType<E> type, JsonParser json) throws IOException, DecodeException {
    E decoded = type.readJson(json);
    if (json.currentToken() != JsonToken.END_OBJECT || !json.getParsingContext().inRoot()) {
      throw refuse(DeadLetterReason.MALFORMED, "the " + type.name() + " is not a flat object");
    }
    if (json.nextToken() != null) {
      throw refuse(DeadLetterReason.MALFORMED, "text after the " + type.name());
    }
    check(type, decoded);
  }

  private <E> void check(EventType<E> type, E decoded) throws DecodeException {
    for (QualityRule<E> rule : type.rules()) {
      if (!rule.holds(decoded)) {
        throw refuse(
            DeadLetterReason.INVALID,
            rule.id() + ": " + rule.description() + " (" + rule.show(decoded) + ")");
      }
    }
    event = decoded;
  }

  /** Jackson guesses other encodings and overlooks overlong and surrogate sequences; we do not. */
  private static void requireUtf8(byte[] value, int start) throws IOException, DecodeException {
    boolean ascii = true;
    for (int i = start; i < value.length && ascii; i++) {
      ascii = value[i] >= 0;
    }
    if (!ascii) {
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value, start, value.length - start));
    }
    if (start + 1 < value.length && value[start + 1] == 0) {
      throw refuse(DeadLetterReason.MALFORMED, "JSON is not in UTF-8");
    }
  }

  private static boolean isJsonSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static String describe(Exception e) {
    if (e instanceof CharacterCodingException) {
      return "text is not UTF-8";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static DecodeException refuse(DeadLetterReason reason, String detail) {
    return new DecodeException(reason, Texts.oneLine(detail));
  }
}
