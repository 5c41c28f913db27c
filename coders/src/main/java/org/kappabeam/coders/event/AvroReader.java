package org.kappabeam.coders.event;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/**
 * Reads what was written with one Avro schema into the fields of an event's newest version: fields
 * are matched by name or alias, what the event does not have is skipped, what the message does not
 * have gets its default. The schema is compiled once into a short program of steps.
 */
final class AvroReader {
  private static final int SKIP = 0;
  private static final int TEXT = 1;
  private static final int LONG = 2;
  private static final int DOUBLE = 3;
  private static final int BOOLEAN = 4;

  /** Steps that few schemas need: narrower numbers, bytes as text, unions. */
  private static final int CONVERT = 5;

  private final int[] steps;
  private final int[] targets;
  private final Schema[] written;
  private final EventField.Kind[] kinds;

  private AvroReader(int fields) {
    steps = new int[fields];
    targets = new int[fields];
    written = new Schema[fields];
    kinds = new EventField.Kind[fields];
  }

  /**
   * Compiles a writer's schema.
   *
   * @throws IllegalArgumentException if Avro's rules say that the event cannot be read from it; the
   *     message says why, in one line
   */
  static AvroReader compile(Schema writerSchema, EventSchemas event) {
    Schema reader = event.newest().avro();
    Schema writer = Schema.applyAliases(writerSchema, reader);
    SchemaPairCompatibility verdict =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    if (verdict.getType() != SchemaCompatibilityType.COMPATIBLE) {
      SchemaCompatibility.Incompatibility first = verdict.getResult().getIncompatibilities().get(0);
      throw new IllegalArgumentException(
          first.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ')
              + " at "
              + first.getLocation()
              + ": "
              + first.getMessage());
    }
    List<Schema.Field> fields = writer.getFields();
    AvroReader program = new AvroReader(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      int target = event.indexOf(fields.get(i).name());
      program.targets[i] = target;
      program.written[i] = fields.get(i).schema();
      if (target >= 0) {
        EventField.Kind kind = event.fields().get(target).kind();
        program.kinds[i] = kind;
        program.steps[i] = step(fields.get(i).schema().getType(), kind);
      }
    }
    return program;
  }

  private static int step(Schema.Type written, EventField.Kind wanted) {
    if (written == Schema.Type.STRING && wanted == EventField.Kind.TEXT) {
      return TEXT;
    }
    if (written == Schema.Type.LONG && wanted == EventField.Kind.LONG) {
      return LONG;
    }
    if (written == Schema.Type.DOUBLE && wanted == EventField.Kind.DOUBLE) {
      return DOUBLE;
    }
    return written == Schema.Type.BOOLEAN && wanted == EventField.Kind.BOOLEAN ? BOOLEAN : CONVERT;
  }

  /** Reads one record; the bytes behind it are left. */
  void read(BoundedDecoder in, FieldValues values) throws IOException {
    for (int i = 0; i < steps.length; i++) {
      int target = targets[i];
      switch (steps[i]) {
        case TEXT -> values.setText(target, in.readString());
        case LONG -> values.setInteger(target, in.readLong());
        case DOUBLE -> values.setDecimal(target, in.readDouble());
        case BOOLEAN -> values.setFlag(target, in.readBoolean());
        case SKIP -> AvroSkip.skip(written[i], in, 0);
        default -> convert(written[i], kinds[i], target, in, values);
      }
    }
  }

  /** Reads a value by Avro's rules of promotion. */
  private static void convert(
      Schema schema, EventField.Kind kind, int target, BoundedDecoder in, FieldValues values)
      throws IOException {
    switch (schema.getType()) {
      case UNION -> convert(branch(schema, in), kind, target, in, values);
      case STRING, BYTES -> values.setText(target, in.readString());
      case BOOLEAN -> values.setFlag(target, in.readBoolean());
      case INT -> number(in.readInt(), kind, target, values);
      case LONG -> number(in.readLong(), kind, target, values);
      case FLOAT -> values.setDecimal(target, in.readFloat());
      case DOUBLE -> values.setDecimal(target, in.readDouble());
      default -> throw new IOException("a " + schema.getType() + " is no " + kind);
    }
  }

  private static void number(long value, EventField.Kind kind, int target, FieldValues values) {
    if (kind == EventField.Kind.DOUBLE) {
      values.setDecimal(target, (double) value);
    } else {
      values.setInteger(target, value);
    }
  }

  /** The branch of a union that comes next. */
  static Schema branch(Schema union, BoundedDecoder in) throws IOException {
    int index = in.readIndex();
    if (index < 0 || index >= union.getTypes().size()) {
      throw new IOException("union branch " + index + " of " + union.getTypes().size());
    }
    return union.getTypes().get(index);
  }
}
