package org.kappabeam.coders.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaSource;

/** Schemas under ids from 1 on, in memory; counts what is asked. */
final class MemoryRegistry {
  private final List<RegisteredSchema> schemas = new ArrayList<>();
  private final Map<String, Integer> ids = new TreeMap<>();
  private final List<Integer> asked = new ArrayList<>();
  private boolean down;

  int add(Language language, String text, String... references) {
    schemas.add(RegisteredSchema.of(language, text, List.of(references)));
    return schemas.size();
  }

  /** The id of a version; registered on first use. */
  int id(EventType<?> type, EventSchema version, MessageFormat format) {
    return ids.computeIfAbsent(
        type.name() + version.version() + format,
        key ->
            format == MessageFormat.AVRO_CONFLUENT
                ? add(Language.AVRO, version.avro().toString())
                : add(Language.PROTOBUF, String.valueOf(version.protoText())));
  }

  void stop() {
    down = true;
  }

  List<Integer> asked() {
    return asked;
  }

  SchemaSource.Opener opener() {
    return () ->
        id -> {
          asked.add(id);
          if (down) {
            throw new KappaException("the registry is down", "start it");
          }
          return id >= 1 && id <= schemas.size() ? schemas.get(id - 1) : null;
        };
  }
}
