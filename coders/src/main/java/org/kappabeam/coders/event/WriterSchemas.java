package org.kappabeam.coders.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.ProtoFile;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.SchemaSource;

/**
 * The readers of messages by the id of the schema they were written with, compiled on first use. At
 * most {@value #MAX_READERS} are kept, those used last.
 */
final class WriterSchemas {
  private static final int MAX_READERS = 500;

  private final SchemaSource source;
  private final List<EventType<?>> events;
  private final Map<Integer, Reader> readers =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Reader> eldest) {
          return size() > MAX_READERS;
        }
      };

  /** The reader used last: most logs have long runs of one schema. */
  private int lastId;

  private @Nullable Reader last;

  /**
   * How the messages of one id are read: one of the three is there.
   *
   * @param refusal why they cannot be
   */
  record Reader(
      @Nullable AvroMessage avro, @Nullable ProtoMessages proto, @Nullable String refusal) {}

  WriterSchemas(SchemaSource source, List<EventType<?>> events) {
    this.source = source;
    this.events = events;
  }

  /**
   * The reader for an id.
   *
   * @throws DecodeException UNKNOWN_SCHEMA if the source has no such schema
   * @throws org.kappabeam.coders.KappaException if the source does not answer
   */
  Reader find(int id) throws DecodeException {
    Reader known = last;
    if (known != null && lastId == id) {
      return known;
    }
    known = readers.get(id);
    if (known == null) {
      RegisteredSchema schema = source.find(id);
      if (schema == null) {
        // Not kept here: it may be registered later, and the source knows when to ask again.
        throw new DecodeException(
            DeadLetterReason.UNKNOWN_SCHEMA, "the registry has no schema with the id " + id);
      }
      known = compile(schema);
      readers.put(id, known);
    }
    lastId = id;
    last = known;
    return known;
  }

  private Reader compile(RegisteredSchema schema) {
    try {
      return switch (schema.language()) {
        case AVRO -> {
          Schema.Parser parser = new Schema.Parser();
          schema.references().forEach(parser::parse);
          AvroMessage message = AvroMessage.compile(parser.parse(schema.text()), events);
          yield new Reader(message, null, message.refusal());
        }
        case PROTOBUF ->
            new Reader(null, new ProtoMessages(ProtoFile.parse(schema.text()), events), null);
        case JSON -> new Reader(null, null, "a JSON Schema: JSON messages come without a header");
      };
    } catch (AvroRuntimeException | IllegalArgumentException e) {
      return new Reader(
          null, null, "a " + schema.language() + " schema that cannot be read: " + e.getMessage());
    }
  }
}
