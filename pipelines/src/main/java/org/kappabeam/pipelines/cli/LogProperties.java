package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * The file that {@code --logProperties} names: settings of the log's client. References to secrets,
 * <code>${env:NAME}</code> and <code>${file:PATH}</code>, are checked here and stay references: the
 * client resolves them where it runs, so that no secret travels with a pipeline or shows in it.
 */
final class LogProperties {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^:}]*):([^}]*)}");

  private LogProperties() {}

  /**
   * Reads the file.
   *
   * @param file its path, or null for no settings
   * @throws KappaException if it cannot be read or a reference leads nowhere
   */
  static Map<String, String> load(@Nullable String file, Map<String, String> environment) {
    Map<String, String> settings = new TreeMap<>();
    if (file == null) {
      return settings;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new KappaException(
          "cannot read --logProperties=" + file,
          "name a Java properties file in UTF-8 that this user may read",
          e);
    }
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name);
      check(file, name, value, environment);
      settings.put(name, value);
    }
    return settings;
  }

  private static void check(
      String file, String name, String value, Map<String, String> environment) {
    Matcher matcher = REFERENCE.matcher(value);
    while (matcher.find()) {
      String target = matcher.group(2);
      switch (matcher.group(1)) {
        case "env" -> {
          if (!environment.containsKey(target)) {
            throw new KappaException(
                file + ": " + name + " refers to the environment variable " + target,
                "set it; it is not set here");
          }
        }
        case "file" -> {
          // ${file:PATH} is the whole file, ${file:PATH:KEY} a line of a properties file.
          if (!isReadable(target) && !isReadable(target.replaceFirst(":[^:]*$", ""))) {
            throw new KappaException(
                file + ": " + name + " refers to the file " + target,
                "see that it is there and this user may read it");
          }
        }
        default ->
            throw new KappaException(
                file + ": " + name + " has a reference of an unknown kind",
                "write ${env:NAME} or ${file:PATH}");
      }
    }
  }

  private static boolean isReadable(String path) {
    try {
      return Files.isReadable(Path.of(path)) && !Files.isDirectory(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
