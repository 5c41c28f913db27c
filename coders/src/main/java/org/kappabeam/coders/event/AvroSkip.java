package org.kappabeam.coders.event;

import java.io.IOException;
import org.apache.avro.Schema;

/** Steps over values nobody asked for, however they are nested, within bounds. */
final class AvroSkip {
  private static final int MAX_DEPTH = 64;

  private AvroSkip() {}

  static void skip(Schema schema, BoundedDecoder in, int depth) throws IOException {
    if (depth == MAX_DEPTH) {
      throw new IOException("values are nested deeper than " + MAX_DEPTH);
    }
    in.countSkipped();
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> in.readBoolean();
      case INT, LONG, ENUM -> in.readLong();
      case FLOAT -> in.skipFixed(Float.BYTES);
      case DOUBLE -> in.skipFixed(Double.BYTES);
      case STRING, BYTES -> in.skipBytes();
      case FIXED -> in.skipFixed(schema.getFixedSize());
      case UNION -> skip(AvroReader.branch(schema, in), in, depth + 1);
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          skip(field.schema(), in, depth + 1);
        }
      }
      case ARRAY -> {
        for (long n = in.readArrayStart(); n > 0; n = in.arrayNext()) {
          for (long i = 0; i < n; i++) {
            skip(schema.getElementType(), in, depth + 1);
          }
        }
      }
      case MAP -> {
        for (long n = in.readMapStart(); n > 0; n = in.mapNext()) {
          for (long i = 0; i < n; i++) {
            in.skipBytes();
            skip(schema.getValueType(), in, depth + 1);
          }
        }
      }
    }
  }
}
