package org.kappabeam.coders.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * The registered schemas a run knows, resolved once: a replay that is given them decodes as the run
 * did, whatever has been registered, changed or lost since, and asks no registry. An id that is not
 * among them is unknown.
 */
@AutoValue
public abstract class SchemaPins implements SchemaSource.Opener {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One version of one subject. */
  public record Pin(String subject, int version, int id, RegisteredSchema schema)
      implements Serializable {}

  /** By subject, then version. */
  public abstract List<Pin> pins();

  public static SchemaPins of(List<Pin> pins) {
    List<Pin> sorted = new ArrayList<>(pins);
    sorted.sort(Comparator.comparing(Pin::subject).thenComparingInt(Pin::version));
    return new AutoValue_SchemaPins(List.copyOf(sorted));
  }

  @Override
  public final SchemaSource open() {
    Map<Integer, RegisteredSchema> byId = new HashMap<>();
    pins().forEach(pin -> byId.put(pin.id(), pin.schema()));
    return byId::get;
  }

  /** These schemas, and for other ids what another source says. */
  public final SchemaSource.Opener orElse(SchemaSource.Opener other) {
    return () -> {
      SchemaSource pinned = open();
      SchemaSource asked = other.open();
      return id -> {
        RegisteredSchema schema = pinned.find(id);
        return schema != null ? schema : asked.find(id);
      };
    };
  }

  /** As JSON: equal pins are equal text. */
  public final String toJson() {
    ObjectNode subjects = JSON.createObjectNode();
    for (Pin pin : pins()) {
      ArrayNode versions =
          subjects.get(pin.subject()) instanceof ArrayNode already
              ? already
              : subjects.putArray(pin.subject());
      ObjectNode version =
          versions
              .addObject()
              .put("version", pin.version())
              .put("id", pin.id())
              .put("language", pin.schema().language().name())
              .put("schema", pin.schema().text());
      if (!pin.schema().references().isEmpty()) {
        ArrayNode references = version.putArray("references");
        pin.schema().references().forEach(references::add);
      }
    }
    return subjects.toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws KappaException if it is something else
   */
  public static SchemaPins parse(String json) {
    try {
      JsonNode subjects = JSON.readTree(json);
      if (!subjects.isObject()) {
        throw malformed("it is no JSON object", null);
      }
      List<Pin> pins = new ArrayList<>();
      for (Map.Entry<String, JsonNode> subject : subjects.properties()) {
        for (JsonNode version : subject.getValue()) {
          pins.add(pin(subject.getKey(), version));
        }
      }
      return of(pins);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private static Pin pin(String subject, JsonNode version) {
    List<String> references = new ArrayList<>();
    version.path("references").forEach(reference -> references.add(reference.asText()));
    return new Pin(
        subject,
        version.required("version").intValue(),
        version.required("id").intValue(),
        RegisteredSchema.of(
            RegisteredSchema.Language.valueOf(version.required("language").asText()),
            version.required("schema").asText(),
            references));
  }

  private static KappaException malformed(String why, @Nullable Exception cause) {
    String problem = "the pinned schemas cannot be read: " + why;
    String remedy = "give the JSON as the plan wrote it";
    return cause == null
        ? new KappaException(problem, remedy)
        : new KappaException(problem, remedy, cause);
  }
}
