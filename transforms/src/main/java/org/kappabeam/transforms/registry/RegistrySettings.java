package org.kappabeam.transforms.registry;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * The settings of a registry's client, named as Confluent's clients name them. A secret is given by
 * reference, <code>${env:NAME}</code> or <code>${file:PATH}</code>, and stays one until it is used.
 */
final class RegistrySettings {
  static final String BASIC = "basic.auth.user.info";
  static final String BEARER = "bearer.auth.token";
  static final String TRUST_STORE = "ssl.truststore.location";
  static final String TRUST_PASSWORD = "ssl.truststore.password";
  static final String KEY_STORE = "ssl.keystore.location";
  static final String KEY_PASSWORD = "ssl.keystore.password";

  private static final Set<String> SECRETS = Set.of(BASIC, BEARER, TRUST_PASSWORD, KEY_PASSWORD);
  private static final List<String> NAMES =
      List.of(BASIC, BEARER, TRUST_STORE, TRUST_PASSWORD, KEY_STORE, KEY_PASSWORD);

  /** {@code user:password} may be made of two references. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  private RegistrySettings() {}

  /**
   * Reads a properties file.
   *
   * @param file its path, or null for no settings
   * @throws KappaException if it cannot be read, holds a secret, or a name that is not known
   */
  static Map<String, String> load(@Nullable String file) {
    Map<String, String> settings = new TreeMap<>();
    if (file == null) {
      return settings;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new KappaException(
          "cannot read --schemaRegistryProperties=" + file,
          "name a Java properties file in UTF-8 that this user may read",
          e);
    }
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name).strip();
      if (!NAMES.contains(name)) {
        throw new KappaException(
            file + ": there is no setting " + name, "use " + String.join(", ", NAMES));
      }
      if (SECRETS.contains(name) && !REFERENCE.matcher(value).find()) {
        throw new KappaException(
            file + ": " + name + " holds a secret",
            "name it by reference, ${env:NAME} or ${file:PATH}");
      }
      settings.put(name, value);
    }
    return settings;
  }

  /**
   * The value with its references replaced.
   *
   * @throws KappaException if a reference leads nowhere; it names the reference, not the value
   */
  static String resolve(String name, String value, Map<String, String> environment) {
    StringBuilder resolved = new StringBuilder();
    Matcher reference = REFERENCE.matcher(value);
    while (reference.find()) {
      String target = reference.group(2);
      String secret =
          reference.group(1).equals("env") ? environment.get(target) : content(name, target);
      if (secret == null) {
        throw new KappaException(
            name + " refers to the environment variable " + target,
            "set it for every process of the job; it is not set here");
      }
      reference.appendReplacement(resolved, Matcher.quoteReplacement(secret));
    }
    return reference.appendTail(resolved).toString();
  }

  private static String content(String name, String path) {
    try {
      return Files.readString(Path.of(path)).strip();
    } catch (IOException | InvalidPathException e) {
      throw new KappaException(
          name + " refers to the file " + path,
          "see that it is on every worker and may be read there",
          e);
    }
  }
}
