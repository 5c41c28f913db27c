package org.kappabeam.coders.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.schema.ProtoMessage;

/** Writes events as messages that {@link EventDecoder} reads. Not thread-safe. */
public final class EventEncoder {
  private final List<EventType<?>> types;
  private final Ids ids;
  private final ByteWriter out = new ByteWriter(256);
  private final ByteWriter body = new ByteWriter(256);
  private final Map<EventType<?>, FieldValues> values = new HashMap<>();
  private final Map<Schema, Long> fingerprints = new HashMap<>();
  private @Nullable BinaryEncoder binary;

  /** The ids that a registry has for schemas. */
  @FunctionalInterface
  public interface Ids {
    /**
     * The id of one version of an event's schema.
     *
     * @param format tells which language: Avro or Protobuf
     * @throws org.kappabeam.coders.KappaException if the registry does not tell
     */
    int of(EventType<?> type, EventSchema version, MessageFormat format);

    /** There is no registry; asking is a mistake. */
    static Ids none() {
      return (type, version, format) -> {
        throw new IllegalStateException("messages in " + format + " need a registry");
      };
    }
  }

  /** An encoder for logs of one event type, without a registry. */
  public EventEncoder() {
    this(List.of());
  }

  /**
   * An encoder without a registry.
   *
   * @param types the event types of the log, in the order its reader has them
   */
  public EventEncoder(List<EventType<?>> types) {
    this(types, Ids.none());
  }

  /**
   * @param types the event types of the log, in the order its reader has them
   */
  public EventEncoder(List<EventType<?>> types, Ids ids) {
    this.types = List.copyOf(types);
    this.ids = ids;
  }

  /** The message in the newest version, equal bytes for equal events. */
  public <E> byte[] encode(EventType<E> type, E event, MessageFormat format) {
    return encode(type, event, format, type.schemas().newest());
  }

  /** The message as a producer of that version writes it: without the fields it does not know. */
  public <E> byte[] encode(EventType<E> type, E event, MessageFormat format, EventSchema version) {
    FieldValues fields = values.computeIfAbsent(type, t -> new FieldValues(t.schemas().fields()));
    fields.clear();
    type.write(event, fields);
    out.reset();
    try {
      switch (format) {
        case AVRO -> {
          out.write(Messages.AVRO_MARK_0);
          out.write(Messages.AVRO_MARK_1);
          long fingerprint = fingerprints.computeIfAbsent(version.avro(), Messages::fingerprint);
          out.writeFixedLong(Long.reverseBytes(fingerprint));
          writeAvro(type, fields, version, false);
        }
        case AVRO_PLAIN -> writeAvro(type, fields, version, types.size() > 1);
        case AVRO_CONFLUENT -> {
          writeConfluentHeader(ids.of(type, version, format));
          writeAvro(type, fields, version, false);
        }
        case PROTOBUF_PLAIN -> writePlainProtobuf(type, fields, version);
        case PROTOBUF_CONFLUENT -> {
          writeConfluentHeader(ids.of(type, version, format));
          // The file's first message.
          out.write(0);
          writeProtobuf(type, fields, version, out);
        }
        case JSON -> writeJson(type, fields, version);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a " + type.name() + " cannot be written", e);
    }
    return out.toByteArray();
  }

  private void writeConfluentHeader(int id) {
    out.write(0);
    out.write(id >>> 24);
    out.write(id >>> 16);
    out.write(id >>> 8);
    out.write(id);
  }

  private int index(EventType<?> type) {
    int index = types.indexOf(type);
    if (index < 0) {
      throw new IllegalArgumentException("this log has no " + type.name());
    }
    return index;
  }

  private void writeAvro(
      EventType<?> type, FieldValues fields, EventSchema version, boolean inUnion)
      throws IOException {
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, binary);
    binary = encoder;
    if (inUnion) {
      encoder.writeIndex(index(type));
    }
    for (Schema.Field declared : version.avro().getFields()) {
      int field = fieldOf(type, declared);
      switch (type.schemas().fields().get(field).kind()) {
        case TEXT -> encoder.writeString(fields.text(field));
        case LONG -> encoder.writeLong(fields.integer(field));
        case DOUBLE -> encoder.writeDouble(fields.decimal(field));
        case BOOLEAN -> encoder.writeBoolean(fields.flag(field));
      }
    }
    encoder.flush();
  }

  /** The index of a field that a version declares. */
  private static int fieldOf(EventType<?> type, Schema.Field declared) {
    int field = type.schemas().indexOf(declared.name());
    if (field < 0) {
      throw new IllegalArgumentException(
          "the newest " + type.name() + " has no field " + declared.name() + " to write");
    }
    return field;
  }

  private void writePlainProtobuf(EventType<?> type, FieldValues fields, EventSchema version)
      throws IOException {
    if (types.size() < 2) {
      writeProtobuf(type, fields, version, out);
      return;
    }
    body.reset();
    writeProtobuf(type, fields, version, body);
    CodedOutputStream envelope = CodedOutputStream.newInstance(out);
    envelope.writeByteArray(index(type) + 1, body.buffer(), 0, body.size());
    envelope.flush();
  }

  private static void writeProtobuf(
      EventType<?> type, FieldValues fields, EventSchema version, ByteWriter to)
      throws IOException {
    ProtoMessage proto = version.proto();
    if (proto == null) {
      throw new IllegalArgumentException(type.name() + " has no Protobuf schema");
    }
    CodedOutputStream message = CodedOutputStream.newInstance(to);
    for (Schema.Field declared : version.avro().getFields()) {
      int field = fieldOf(type, declared);
      EventField event = type.schemas().fields().get(field);
      int number = ProtoReader.numberOf(event, proto);
      switch (event.kind()) {
        case TEXT -> message.writeString(number, fields.text(field));
        case LONG -> message.writeInt64(number, fields.integer(field));
        case DOUBLE -> message.writeDouble(number, fields.decimal(field));
        case BOOLEAN -> message.writeBool(number, fields.flag(field));
      }
    }
    message.flush();
  }

  private void writeJson(EventType<?> type, FieldValues fields, EventSchema version)
      throws IOException {
    try (JsonGenerator json = Messages.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", type.name());
      for (Schema.Field declared : version.avro().getFields()) {
        int field = fieldOf(type, declared);
        switch (type.schemas().fields().get(field).kind()) {
          case TEXT -> json.writeStringField(declared.name(), fields.text(field));
          case LONG -> json.writeNumberField(declared.name(), fields.integer(field));
          case DOUBLE -> json.writeNumberField(declared.name(), fields.decimal(field));
          case BOOLEAN -> json.writeBooleanField(declared.name(), fields.flag(field));
        }
      }
      json.writeEndObject();
    }
  }
}
