package org.kappabeam.terraform.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The schemas of all types that our Terraform uses. */
public final class ProviderSchemas {
  private final Map<String, Type> types;

  private ProviderSchemas(Map<String, Type> types) {
    this.types = Map.copyOf(types);
  }

  /**
   * A type.
   *
   * @param provider such as {@code google-beta}
   * @param version of the provider
   */
  public record Type(String provider, String version, BlockSchema schema) {}

  /** The facts that this module brings along. */
  public static ProviderSchemas load() {
    try (InputStream in = ProviderSchemas.class.getResourceAsStream("providers.json")) {
      Map<String, Type> types = new HashMap<>();
      for (Iterator<Map.Entry<String, JsonNode>> i = new ObjectMapper().readTree(in).fields();
          i.hasNext(); ) {
        Map.Entry<String, JsonNode> entry = i.next();
        JsonNode type = entry.getValue();
        types.put(
            entry.getKey(),
            new Type(type.get("provider").asText(), type.get("version").asText(), block(type)));
      }
      return new ProviderSchemas(types);
    } catch (IOException e) {
      throw new UncheckedIOException("providers.json cannot be read", e);
    }
  }

  private static BlockSchema block(JsonNode node) {
    Set<String> required = new HashSet<>();
    Set<String> optional = new HashSet<>();
    Set<String> computed = new HashSet<>();
    for (String attribute : node.get("attributes").asText().split(" ", -1)) {
      if (attribute.startsWith("*")) {
        required.add(attribute.substring(1));
      } else if (attribute.startsWith("=")) {
        computed.add(attribute.substring(1));
      } else {
        optional.add(attribute);
      }
    }
    Map<String, BlockSchema> blocks = new HashMap<>();
    node.path("blocks")
        .fields()
        .forEachRemaining(entry -> blocks.put(entry.getKey(), block(entry.getValue())));
    return new BlockSchema(
        required,
        optional,
        computed,
        blocks,
        node.path("required").asBoolean(),
        node.path("many").asBoolean());
  }

  /** A type: {@code google_pubsub_topic}, {@code data.google_project}, {@code provider.aws}. */
  public Optional<Type> type(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /** All types that are known. */
  public Set<String> names() {
    return types.keySet();
  }
}
