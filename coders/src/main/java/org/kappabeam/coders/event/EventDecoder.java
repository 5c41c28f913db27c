package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.SchemaSource;

/**
 * Turns a record's bytes into a checked event, or says why not. Each record's format is recognised
 * by its first bytes ({@link MessageFormat}), unless the log's {@link LogFormat} names it; a log
 * may mix formats and versions. Bytes are never trusted: whatever they hold, the outcome is an
 * event that keeps all rules of its type, or a {@link DecodeException}. Not thread-safe; one
 * instance decodes many records.
 */
public final class EventDecoder {
  private static final int MAX_PROTOBUF_DEPTH = 32;

  private final EventType<?>[] types;
  private final int maxBytes;
  private final @Nullable MessageFormat only;

  /** All versions of all types, by the fingerprint of their Avro schema. */
  private final long[] fingerprints;

  private final int[] typeOfFingerprint;
  private final AvroReader[] readerOfFingerprint;

  private final FieldValues[] values;
  private final JsonReader[] json;
  private final @Nullable ProtoReader[] proto;
  private final @Nullable AvroMessage plainAvro;
  private final @Nullable WriterSchemas registry;
  private final BoundedDecoder avro = new BoundedDecoder();
  private @Nullable Object event;

  /**
   * A decoder of logs in which each message shows its own format and no registry is needed.
   *
   * @param types the events this log may hold; names and schemas differ
   * @param maxBytes the largest record that is decoded, in bytes
   */
  public EventDecoder(List<EventType<?>> types, int maxBytes) {
    this(types, maxBytes, LogFormat.recognised());
  }

  /**
   * @param types the events this log may hold; names and schemas differ
   * @param maxBytes the largest record that is decoded, in bytes
   * @throws org.kappabeam.coders.KappaException if the log's format cannot be had
   */
  public EventDecoder(List<EventType<?>> types, int maxBytes, LogFormat format) {
    List<EventType<?>> events = List.copyOf(types);
    this.types = events.toArray(new EventType<?>[0]);
    this.maxBytes = maxBytes;
    this.only = format.format();
    requireDistinct(this.types);
    this.values = new FieldValues[this.types.length];
    this.json = new JsonReader[this.types.length];
    this.proto = new ProtoReader[this.types.length];
    int versions = 0;
    for (int i = 0; i < this.types.length; i++) {
      EventSchemas schemas = this.types[i].schemas();
      values[i] = new FieldValues(schemas.fields());
      json[i] = new JsonReader(schemas.fields());
      proto[i] = ProtoReader.of(schemas);
      versions += schemas.versions().size();
    }
    this.fingerprints = new long[versions];
    this.typeOfFingerprint = new int[versions];
    this.readerOfFingerprint = new AvroReader[versions];
    compileVersions();
    this.plainAvro =
        only == MessageFormat.AVRO_PLAIN
            ? AvroMessage.compile(Messages.plainSchema(format.plainSchema(), events), events)
            : null;
    SchemaSource.Opener opener = format.registry();
    this.registry = opener == null ? null : new WriterSchemas(opener.open(), events);
  }

  private static void requireDistinct(EventType<?>[] types) {
    for (int i = 0; i < types.length; i++) {
      for (int j = 0; j < i; j++) {
        if (types[i].name().equals(types[j].name()) || name(types[i]).equals(name(types[j]))) {
          throw new IllegalArgumentException(
              "event types " + i + " and " + j + " share a name or a schema");
        }
      }
    }
  }

  private static String name(EventType<?> type) {
    return type.schemas().newest().avro().getFullName();
  }

  private void compileVersions() {
    int n = 0;
    for (int i = 0; i < types.length; i++) {
      EventSchemas schemas = types[i].schemas();
      // Newest first: it is the one that is looked for.
      for (int version = schemas.versions().size(); version >= 1; version--) {
        Schema schema = schemas.version(version).avro();
        fingerprints[n] = Messages.fingerprint(schema);
        typeOfFingerprint[n] = i;
        readerOfFingerprint[n++] = AvroReader.compile(schema, schemas);
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
   * @throws org.kappabeam.coders.KappaException if the schema registry does not answer; that is no
   *     fault of the record
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
    MessageFormat format = only;
    WriterSchemas.Reader registered = null;
    if (format == null ? value[0] == 0 : format.needsRegistry()) {
      // Outside of what is caught below: that a registry fails is not the bytes' fault.
      registered = registered(value);
    }
    try {
      int type =
          registered != null
              ? readRegistered(value, registered)
              : format == null ? readRecognised(value) : readOnly(value, format);
      values[type].complete();
      check(type);
      return type;
    } catch (JsonProcessingException e) {
      throw refuse(DeadLetterReason.MALFORMED, "not valid JSON: " + e.getOriginalMessage());
    } catch (InvalidProtocolBufferException e) {
      throw refuse(DeadLetterReason.MALFORMED, "not valid Protobuf: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      // An event type may stumble over bytes in ways nobody foresaw; that is still the bytes'
      // fault.
      throw refuse(DeadLetterReason.MALFORMED, describe(e));
    }
  }

  /** The event of the last successful {@link #decode}. */
  public Object event() {
    if (event == null) {
      throw new IllegalStateException("the last record was refused");
    }
    return event;
  }

  private int readRecognised(byte[] value) throws IOException, DecodeException {
    if ((value[0] & 0xFF) == Messages.AVRO_MARK_0) {
      return readSingleObject(value);
    }
    int start = jsonStart(value);
    if (start >= 0) {
      return readJson(value, start);
    }
    throw unrecognised(value);
  }

  private int readOnly(byte[] value, MessageFormat format) throws IOException, DecodeException {
    switch (format) {
      case AVRO -> {
        if ((value[0] & 0xFF) == Messages.AVRO_MARK_0) {
          return readSingleObject(value);
        }
      }
      case JSON -> {
        int start = jsonStart(value);
        if (start >= 0) {
          return readJson(value, start);
        }
      }
      case AVRO_PLAIN -> {
        if (plainAvro != null) {
          return readAvro(value, 0, plainAvro);
        }
      }
      case PROTOBUF_PLAIN -> {
        return readPlainProtobuf(value);
      }
      case AVRO_CONFLUENT, PROTOBUF_CONFLUENT -> {}
    }
    throw refuse(
        DeadLetterReason.MALFORMED,
        "not " + format + ", which is what this log holds; starts with " + firstBytes(value));
  }

  private DecodeException unrecognised(byte[] value) {
    return refuse(
        DeadLetterReason.MALFORMED,
        "neither Avro nor JSON, starts with "
            + firstBytes(value)
            + (value[0] == 0 ? " (if that is the id of a schema, no registry is given)" : ""));
  }

  private static String firstBytes(byte[] value) {
    return HexFormat.of().formatHex(value, 0, Math.min(4, value.length));
  }

  // Confluent's wire format.

  /** The reader a message asks for by its header; null if it has none of ours. */
  private WriterSchemas.@Nullable Reader registered(byte[] value) throws DecodeException {
    if (registry == null || value[0] != 0) {
      return null;
    }
    if (value.length < Messages.CONFLUENT_HEADER) {
      throw refuse(DeadLetterReason.MALFORMED, "the header with the schema's id is cut short");
    }
    int id = 0;
    for (int i = 1; i < Messages.CONFLUENT_HEADER; i++) {
      id = id << 8 | (value[i] & 0xFF);
    }
    if (id < 0) {
      throw refuse(DeadLetterReason.MALFORMED, "the schema's id is negative: " + id);
    }
    WriterSchemas.Reader reader = registry.find(id);
    if (reader.refusal() != null) {
      throw refuse(DeadLetterReason.UNKNOWN_SCHEMA, "id " + id + " is " + reader.refusal());
    }
    return reader;
  }

  private int readRegistered(byte[] value, WriterSchemas.Reader reader)
      throws IOException, DecodeException {
    if (reader.avro() != null && only != MessageFormat.PROTOBUF_CONFLUENT) {
      return readAvro(value, Messages.CONFLUENT_HEADER, reader.avro());
    }
    if (reader.proto() != null && only != MessageFormat.AVRO_CONFLUENT) {
      CodedInputStream in = protobuf(value, Messages.CONFLUENT_HEADER);
      int type = reader.proto().readType(in);
      readProtobuf(type, in);
      return type;
    }
    throw refuse(
        DeadLetterReason.MALFORMED,
        "not " + only + ", which is what this log holds, by its schema");
  }

  // Avro.

  private int readSingleObject(byte[] value) throws IOException, DecodeException {
    if (value.length < Messages.AVRO_HEADER || value[1] != Messages.AVRO_MARK_1) {
      throw refuse(DeadLetterReason.MALFORMED, "Avro header is damaged or cut short");
    }
    long fingerprint = 0;
    for (int i = Messages.AVRO_HEADER - 1; i >= 2; i--) {
      fingerprint = (fingerprint << 8) | (value[i] & 0xFF);
    }
    for (int i = 0; i < fingerprints.length; i++) {
      if (fingerprints[i] == fingerprint) {
        int type = typeOfFingerprint[i];
        avro.reset(value, Messages.AVRO_HEADER);
        values[type].clear();
        readerOfFingerprint[i].read(avro, values[type]);
        requireEnd(type);
        return type;
      }
    }
    throw refuse(
        DeadLetterReason.UNKNOWN_SCHEMA,
        "Avro schema fingerprint " + HexFormat.of().toHexDigits(fingerprint));
  }

  private int readAvro(byte[] value, int start, AvroMessage message)
      throws IOException, DecodeException {
    avro.reset(value, start);
    int type = message.read(avro, values);
    requireEnd(type);
    return type;
  }

  private void requireEnd(int type) throws DecodeException {
    if (avro.remaining() > 0) {
      throw refuse(
          DeadLetterReason.MALFORMED, avro.remaining() + " bytes after the " + types[type].name());
    }
  }

  // Protobuf.

  private static CodedInputStream protobuf(byte[] value, int start) {
    CodedInputStream in = CodedInputStream.newInstance(value, start, value.length - start);
    in.setRecursionLimit(MAX_PROTOBUF_DEPTH);
    return in;
  }

  private int readPlainProtobuf(byte[] value) throws IOException, DecodeException {
    CodedInputStream in = protobuf(value, 0);
    if (types.length == 1) {
      readProtobuf(0, in);
      return 0;
    }
    int type = -1;
    int tag;
    while ((tag = in.readTag()) != 0) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (number > types.length) {
        in.skipField(tag);
      } else if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        throw new IOException(
            "field " + number + " has wire type " + WireFormat.getTagWireType(tag));
      } else if (type >= 0) {
        throw new IOException("more than one event in a message");
      } else {
        type = number - 1;
        int outer = in.pushLimit(in.readRawVarint32());
        readProtobuf(type, in);
        in.popLimit(outer);
      }
    }
    if (type < 0) {
      throw refuse(
          DeadLetterReason.UNKNOWN_SCHEMA, "Protobuf message without an event of this log");
    }
    return type;
  }

  private void readProtobuf(int type, CodedInputStream in) throws IOException, DecodeException {
    ProtoReader reader = proto[type];
    if (reader == null) {
      throw refuse(DeadLetterReason.UNKNOWN_SCHEMA, types[type].name() + " has no Protobuf schema");
    }
    values[type].clear();
    reader.read(in, values[type]);
  }

  // JSON.

  /** Where the object starts, or -1 if there is none. */
  private static int jsonStart(byte[] value) {
    int start = 0;
    while (start < value.length && isJsonSpace(value[start])) {
      start++;
    }
    return start < value.length && value[start] == '{' ? start : -1;
  }

  private int readJson(byte[] value, int start) throws IOException, DecodeException {
    requireUtf8(value, start);
    try (JsonParser in = Messages.JSON.createParser(value, start, value.length - start)) {
      in.nextToken();
      if (in.nextToken() != JsonToken.FIELD_NAME || !in.currentName().equals("type")) {
        throw refuse(DeadLetterReason.MALFORMED, "the first field of the object is not \"type\"");
      }
      if (in.nextToken() != JsonToken.VALUE_STRING) {
        throw refuse(DeadLetterReason.MALFORMED, "field type is not a string");
      }
      String name = in.getText();
      for (int i = 0; i < types.length; i++) {
        if (types[i].name().equals(name)) {
          values[i].clear();
          json[i].read(in, values[i]);
          if (in.nextToken() != null) {
            throw refuse(DeadLetterReason.MALFORMED, "text after the " + name);
          }
          return i;
        }
      }
      throw refuse(DeadLetterReason.UNKNOWN_SCHEMA, "JSON message of type " + name);
    }
  }

  private void check(int type) throws DecodeException {
    event = checked(types[type], values[type]);
  }

  private static <E> E checked(EventType<E> type, FieldValues fields) throws DecodeException {
    E decoded = type.read(fields);
    for (QualityRule<E> rule : type.rules()) {
      if (!rule.holds(decoded)) {
        throw refuse(
            DeadLetterReason.INVALID,
            rule.id() + ": " + rule.description() + " (" + rule.show(decoded) + ")");
      }
    }
    return decoded;
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
