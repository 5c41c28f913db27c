package org.kappabeam.coders.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.schema.ProtoFile;
import org.kappabeam.coders.schema.ProtoMessage;

/**
 * The versions of an event's schema, from the files beside its class: {@code NAME.v1.avsc}, {@code
 * NAME.v2.avsc} and so on, each a flat record of strings, longs, doubles and booleans. Beside each
 * may stand a {@code .proto} file and a JSON Schema ({@code .json}) that declare the same fields.
 */
public final class EventSchemas {
  /** So many bits has the set of fields seen. */
  private static final int MAX_FIELDS = 63;

  private final List<EventSchema> versions;
  private final List<EventField> fields;

  private EventSchemas(List<EventSchema> versions) {
    this.versions = List.copyOf(versions);
    this.fields = fields(newest().avro());
  }

  /**
   * Loads all versions.
   *
   * @param owner a class of the jar that holds the files
   * @param name what the files' absolute names have before the version: {@code
   *     /schemas/fraud/transaction}
   * @throws IllegalStateException if there is no version 1, or the files of a version contradict
   *     each other
   */
  public static EventSchemas load(Class<?> owner, String name) {
    List<EventSchema> versions = new ArrayList<>();
    String avro;
    while ((avro = text(owner, file(name, versions.size() + 1, "avsc"))) != null) {
      versions.add(version(owner, name, versions.size() + 1, avro));
    }
    if (versions.isEmpty()) {
      throw new IllegalStateException(
          "no schema file " + file(name, 1, "avsc") + " beside " + owner);
    }
    return new EventSchemas(versions);
  }

  private static EventSchema version(Class<?> owner, String name, int version, String avroText) {
    Schema avro = new Schema.Parser().parse(avroText);
    List<EventField> fields = fields(avro);
    String protoFile = file(name, version, "proto");
    String protoText = text(owner, protoFile);
    ProtoMessage proto = null;
    if (protoText != null) {
      proto = ProtoFile.parse(protoText).messages().get(0);
      agree(protoFile, List.of(avro.getFullName()), List.of(proto.fullName()));
      agree(protoFile, ProtoReader.describe(fields), ProtoReader.describe(proto));
    }
    String jsonFile = file(name, version, "json");
    String jsonText = text(owner, jsonFile);
    if (jsonText != null) {
      agree(jsonFile, JsonReader.describe(fields), JsonReader.describe(jsonText));
    }
    return EventSchema.of(version, avro, protoText, proto, jsonText);
  }

  private static void agree(String file, List<String> avro, List<String> other) {
    if (!avro.equals(other)) {
      throw new IllegalStateException(
          file + " declares " + other + ", the .avsc file of the version " + avro);
    }
  }

  private static String file(String name, int version, String extension) {
    return name + ".v" + version + "." + extension;
  }

  private static @Nullable String text(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("schema file " + resource, e);
    }
  }

  /** The fields of a flat record. */
  private static List<EventField> fields(Schema record) {
    List<EventField> fields = new ArrayList<>();
    for (Schema.Field field : record.getFields()) {
      fields.add(EventField.of(field.name(), kind(record, field), defaultValue(field)));
    }
    if (fields.size() > MAX_FIELDS) {
      throw new IllegalStateException(record.getFullName() + " has more than 63 fields");
    }
    return List.copyOf(fields);
  }

  private static EventField.Kind kind(Schema record, Schema.Field field) {
    return switch (field.schema().getType()) {
      case STRING -> EventField.Kind.TEXT;
      case LONG -> EventField.Kind.LONG;
      case DOUBLE -> EventField.Kind.DOUBLE;
      case BOOLEAN -> EventField.Kind.BOOLEAN;
      default ->
          throw new IllegalStateException(
              record.getFullName()
                  + "."
                  + field.name()
                  + " is a "
                  + field.schema().getType()
                  + ": events are made of string, long, double and boolean");
    };
  }

  private static @Nullable Object defaultValue(Schema.Field field) {
    if (!field.hasDefaultValue()) {
      return null;
    }
    Object value = field.defaultVal();
    if (value == JsonProperties.NULL_VALUE) {
      throw new IllegalStateException("the default of " + field.name() + " is null");
    }
    return switch (field.schema().getType()) {
      case LONG -> ((Number) value).longValue();
      case DOUBLE -> ((Number) value).doubleValue();
      default -> value;
    };
  }

  /** From version 1 on. */
  public List<EventSchema> versions() {
    return versions;
  }

  /** What messages are written with, and the shape events have. */
  public EventSchema newest() {
    return versions.get(versions.size() - 1);
  }

  /**
   * One version.
   *
   * @throws IllegalArgumentException if there is no such version
   */
  public EventSchema version(int version) {
    if (version < 1 || version > versions.size()) {
      throw new IllegalArgumentException(
          newest().avro().getFullName() + " has versions 1 to " + versions.size());
    }
    return versions.get(version - 1);
  }

  /** The fields of {@link #newest}, in its order; {@link FieldValues} count them from 0. */
  public List<EventField> fields() {
    return fields;
  }

  /** The index of a field of the newest version, or -1. */
  int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
