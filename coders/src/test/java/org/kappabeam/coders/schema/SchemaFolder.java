package org.kappabeam.coders.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All versions of all schemas under a directory, held against each other. */
final class SchemaFolder {
  private static final Pattern NAME = Pattern.compile("(.+)\\.v([1-9][0-9]*)\\.(avsc|proto|json)");

  private SchemaFolder() {}

  /** What is wrong, one line each; empty if every version is compatible with every other. */
  static List<String> problems(Path directory) throws IOException {
    Map<String, TreeMap<Integer, Path>> schemas = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Matcher name = NAME.matcher(directory.relativize(file).toString());
        if (name.matches()) {
          schemas
              .computeIfAbsent(name.group(1) + " as " + name.group(3), key -> new TreeMap<>())
              .put(Integer.parseInt(name.group(2)), file);
        } else {
          problems.add(file.getFileName() + " is not named like transaction.v1.avsc");
        }
      }
    }
    for (Map.Entry<String, TreeMap<Integer, Path>> schema : schemas.entrySet()) {
      TreeMap<Integer, Path> versions = schema.getValue();
      if (versions.lastKey() != versions.size()) {
        problems.add(schema.getKey() + " has versions " + versions.keySet() + ": one is missing");
      }
      String event = schema.getKey().replaceAll(" as .*", "");
      if (versions.size() != schemas.get(event + " as avsc").size()) {
        problems.add(schema.getKey() + " has not as many versions as the .avsc files");
      }
      // Transitive: each against all that came before, not just the last.
      for (int newer : versions.keySet()) {
        for (int older : versions.headMap(newer).keySet()) {
          compare(versions.get(older), versions.get(newer), problems);
        }
      }
    }
    return problems;
  }

  private static void compare(Path older, Path newer, List<String> problems) throws IOException {
    for (String problem : compare(Files.readString(older), Files.readString(newer), newer)) {
      problems.add(
          "%s is not compatible with %s: %s"
              .formatted(newer.getFileName(), older.getFileName(), problem));
    }
  }

  private static List<String> compare(String older, String newer, Path file)
      throws JsonProcessingException {
    String name = file.toString();
    return name.endsWith(".avsc")
        ? AvroRules.problems(older, newer)
        : name.endsWith(".proto")
            ? ProtoRules.problems(older, newer)
            : JsonRules.problems(older, newer);
  }
}
