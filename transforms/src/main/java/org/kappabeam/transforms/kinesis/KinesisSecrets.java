package org.kappabeam.transforms.kinesis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Who we are to AWS. Without client properties it is the machine's own identity by the SDK's
 * default chain (environment, profile, container, instance). Keys may be given by reference, {@code
 * ${env:NAME}} or {@code ${file:/path}}, which is resolved where the client runs: a secret itself
 * never stands in a property, since properties travel with the pipeline.
 */
final class KinesisSecrets {
  static final String ACCESS_KEY = "aws.accessKeyId";
  static final String SECRET_KEY = "aws.secretAccessKey";
  static final String SESSION_TOKEN = "aws.sessionToken";
  static final String PROFILE = "aws.profile";

  private static final Set<String> KEYS = Set.of(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN);
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  private KinesisSecrets() {}

  /**
   * Checks the properties' form; resolves nothing.
   *
   * @throws KappaException if there is an unknown one, or a secret instead of a reference
   */
  static Map<String, String> check(Map<String, String> properties) {
    for (Map.Entry<String, String> property : properties.entrySet()) {
      String name = property.getKey();
      if (!KEYS.contains(name) && !name.equals(PROFILE)) {
        throw new KappaException(
            "a Kinesis log has no client property '" + name + "'",
            "the properties are " + String.join(", ", known()));
      }
      if (KEYS.contains(name) && !REFERENCE.matcher(property.getValue()).matches()) {
        throw new KappaException(
            "the client property " + name + " is no reference",
            "write ${env:NAME} or ${file:/path}, not the secret itself");
      }
    }
    if (properties.containsKey(ACCESS_KEY) != properties.containsKey(SECRET_KEY)
        || (properties.containsKey(SESSION_TOKEN) && !properties.containsKey(SECRET_KEY))) {
      throw new KappaException(
          "of the AWS keys one is missing", "give " + ACCESS_KEY + " and " + SECRET_KEY);
    }
    return Map.copyOf(properties);
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(KEYS);
    known.add(PROFILE);
    return known;
  }

  /** The credentials that checked properties stand for. */
  static AwsCredentialsProvider provider(Map<String, String> properties) {
    String access = resolve(properties, ACCESS_KEY);
    String secret = resolve(properties, SECRET_KEY);
    String token = resolve(properties, SESSION_TOKEN);
    if (access == null || secret == null) {
      DefaultCredentialsProvider.Builder chain = DefaultCredentialsProvider.builder();
      if (properties.containsKey(PROFILE)) {
        chain.profileName(properties.get(PROFILE));
      }
      return chain.build();
    }
    return StaticCredentialsProvider.create(
        token == null
            ? AwsBasicCredentials.create(access, secret)
            : AwsSessionCredentials.create(access, secret, token));
  }

  private static @Nullable String resolve(Map<String, String> properties, String name) {
    String reference = properties.get(name);
    Matcher matcher = REFERENCE.matcher(reference == null ? "" : reference);
    if (!matcher.matches()) {
      return null;
    }
    String target = matcher.group(2);
    if (matcher.group(1).equals("env")) {
      String value = System.getenv(target);
      if (value == null) {
        throw new KappaException(
            "the environment variable " + target + " that " + name + " refers to is not set",
            "set it for every process of the job");
      }
      return value;
    }
    try {
      return Files.readString(Path.of(target), StandardCharsets.UTF_8).strip();
    } catch (IOException | InvalidPathException e) {
      throw new KappaException(
          "cannot read the file " + target + " that " + name + " refers to",
          "see that it exists on every worker",
          e);
    }
  }
}
