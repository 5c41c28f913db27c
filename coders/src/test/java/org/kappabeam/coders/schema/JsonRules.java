package org.kappabeam.coders.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rules for JSON Schemas of flat objects, both ways, where a writer writes the properties it knows
 * and a reader steps over others: a property keeps its type and whether it is required, and what
 * comes or goes is optional and has a default.
 */
final class JsonRules {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonRules() {}

  /** What is wrong between an older and a newer version, in words; empty if nothing. */
  static List<String> problems(String older, String newer) throws JsonProcessingException {
    JsonNode before = JSON.readTree(older);
    JsonNode after = JSON.readTree(newer);
    List<String> problems = new ArrayList<>();
    if (!before.path("type").equals(after.path("type"))) {
      problems.add("the schema is no longer that of an " + before.path("type").asText());
    }
    for (JsonNode schema : List.of(before, after)) {
      for (String closing :
          List.of("additionalProperties", "unevaluatedProperties", "propertyNames")) {
        if (schema.has(closing)) {
          problems.add(closing + " makes old readers refuse what new writers add");
        }
      }
    }
    Set<String> names = new TreeSet<>();
    before.path("properties").fieldNames().forEachRemaining(names::add);
    after.path("properties").fieldNames().forEachRemaining(names::add);
    Set<String> requiredBefore = required(before);
    Set<String> requiredAfter = required(after);
    for (String name : names) {
      JsonNode old = before.path("properties").path(name);
      JsonNode now = after.path("properties").path(name);
      if (requiredBefore.contains(name) && !requiredAfter.contains(name)) {
        problems.add("property " + name + " is not required any more: old readers need it");
      }
      if (!requiredBefore.contains(name) && requiredAfter.contains(name)) {
        problems.add("property " + name + " is required now: old messages may not have it");
      }
      if (old.isMissingNode() || now.isMissingNode()) {
        if (!(old.isMissingNode() ? now : old).has("default")) {
          problems.add("property " + name + " comes or goes without a default");
        }
      } else {
        changed(name, old, now, problems);
      }
    }
    return problems;
  }

  private static void changed(String name, JsonNode old, JsonNode now, List<String> problems) {
    Set<String> keywords = new HashSet<>();
    old.fieldNames().forEachRemaining(keywords::add);
    now.fieldNames().forEachRemaining(keywords::add);
    keywords.removeAll(Set.of("description", "title", "default"));
    for (String keyword : keywords) {
      if (!old.path(keyword).equals(now.path(keyword))) {
        problems.add(
            "property %s: %s was %s and is %s"
                .formatted(name, keyword, show(old.get(keyword)), show(now.get(keyword))));
      }
    }
  }

  private static String show(JsonNode value) {
    return value == null ? "absent" : value.toString();
  }

  private static Set<String> required(JsonNode schema) {
    Set<String> required = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      if (entry.getKey().equals("required")) {
        entry.getValue().forEach(name -> required.add(name.asText()));
      }
    }
    return required;
  }
}
