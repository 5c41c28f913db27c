package org.kappabeam.coders.event;

import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The messages of one Avro schema: records of one of the log's event types, or a union of such
 * records.
 */
final class AvroMessage {
  private final boolean union;

  /** By branch; a schema that is no union is its own only branch. */
  private final int[] types;

  private final @Nullable AvroReader[] readers;
  private final String[] refusals;

  private AvroMessage(Schema schema, List<EventType<?>> events) {
    union = schema.isUnion();
    List<Schema> branches = union ? schema.getTypes() : List.of(schema);
    types = new int[branches.size()];
    readers = new AvroReader[branches.size()];
    refusals = new String[branches.size()];
    for (int i = 0; i < readers.length; i++) {
      compile(i, branches.get(i), events);
    }
  }

  /** Compiles a schema; what of it cannot be read is refused when a message has it. */
  static AvroMessage compile(Schema schema, List<EventType<?>> events) {
    return new AvroMessage(schema, events);
  }

  private void compile(int branch, Schema schema, List<EventType<?>> events) {
    refusals[branch] = "Avro schema " + schema.getFullName() + " of no event of this log";
    for (int type = 0; type < events.size(); type++) {
      EventSchemas event = events.get(type).schemas();
      if (isNamed(schema, event.newest().avro())) {
        types[branch] = type;
        try {
          readers[branch] = AvroReader.compile(schema, event);
        } catch (IllegalArgumentException e) {
          refusals[branch] =
              "Avro schema " + schema.getFullName() + " that is not compatible: " + e.getMessage();
        }
      }
    }
  }

  private static boolean isNamed(Schema written, Schema ours) {
    return written.getType() == Schema.Type.RECORD
        && (written.getFullName().equals(ours.getFullName())
            || ours.getAliases().contains(written.getFullName()));
  }

  /** Why no message of this schema can be read; null if some can. */
  @Nullable String refusal() {
    for (AvroReader reader : readers) {
      if (reader != null) {
        return null;
      }
    }
    return refusals.length == 0 ? "an empty union" : refusals[0];
  }

  /**
   * Reads one message.
   *
   * @param values one for each event type; those of the type that is returned are set
   */
  int read(BoundedDecoder in, FieldValues[] values) throws IOException, DecodeException {
    int branch = union ? in.readIndex() : 0;
    if (branch < 0 || branch >= readers.length) {
      throw new IOException("union branch " + branch + " of " + readers.length);
    }
    AvroReader reader = readers[branch];
    if (reader == null) {
      throw new DecodeException(DeadLetterReason.UNKNOWN_SCHEMA, Texts.oneLine(refusals[branch]));
    }
    FieldValues into = values[types[branch]];
    into.clear();
    reader.read(in, into);
    return types[branch];
  }
}
