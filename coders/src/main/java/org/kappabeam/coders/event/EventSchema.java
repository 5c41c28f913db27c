package org.kappabeam.coders.event;

import com.google.auto.value.AutoValue;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.ProtoMessage;

/** One version of an event's schema, in each language it is written in. */
@AutoValue
public abstract class EventSchema {

  /** From 1. */
  public abstract int version();

  public abstract Schema avro();

  /** The text of the {@code .proto} file, if there is one. */
  public abstract @Nullable String protoText();

  /** The first message of the {@code .proto} file. */
  public abstract @Nullable ProtoMessage proto();

  /** The text of the JSON Schema, if there is one. */
  public abstract @Nullable String jsonText();

  static EventSchema of(
      int version,
      Schema avro,
      @Nullable String protoText,
      @Nullable ProtoMessage proto,
      @Nullable String jsonText) {
    return new AutoValue_EventSchema(version, avro, protoText, proto, jsonText);
  }
}
