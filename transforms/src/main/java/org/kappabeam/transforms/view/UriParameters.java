package org.kappabeam.transforms.view;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * What stands behind the {@code ?} of a view's URI. A password is only ever named by reference,
 * {@code passwordEnv=VARIABLE} or {@code passwordFile=PATH}; a URI with a secret is refused without
 * repeating it.
 */
public final class UriParameters {
  private static final String PASSWORD_ENV = "passwordEnv";
  private static final String PASSWORD_FILE = "passwordFile";

  private final Map<String, String> plain = new TreeMap<>();
  private final Map<String, String> references = new TreeMap<>();
  private final String example;

  private UriParameters(String example) {
    this.example = example;
  }

  /**
   * Takes the parameters of a URI.
   *
   * @param example what a right URI looks like, for messages
   * @throws KappaException if one is malformed, or the URI holds a secret anywhere
   */
  public static UriParameters of(String uri, String example) {
    UriParameters parameters = new UriParameters(example);
    if (place(uri).indexOf('@') >= 0) {
      throw new KappaException("the view's URI holds a user or password before '@'", example);
    }
    int question = uri.indexOf('?');
    if (question >= 0) {
      for (String parameter : uri.substring(question + 1).split("&", -1)) {
        parameters.add(parameter);
      }
    }
    return parameters;
  }

  /** The URI without its parameters. */
  public static String place(String uri) {
    int question = uri.indexOf('?');
    return question < 0 ? uri : uri.substring(0, question);
  }

  private void add(String parameter) {
    int equals = parameter.indexOf('=');
    String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
    boolean reference = name.equals(PASSWORD_ENV) || name.equals(PASSWORD_FILE);
    if (!reference && name.toLowerCase(Locale.ROOT).contains("password")) {
      throw new KappaException(
          "the view's URI holds a secret in '" + name + "'",
          "name the password by reference, passwordEnv=VARIABLE or passwordFile=PATH");
    }
    if (equals <= 0) {
      throw new KappaException("the view's URI has a parameter without value", example);
    }
    (reference ? references : plain).put(name, decode(parameter.substring(equals + 1)));
  }

  private String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new KappaException("the view's URI has a malformed percent escape", example, e);
    }
  }

  /** All parameters that are not references to secrets, by name. */
  public Map<String, String> plain() {
    return Collections.unmodifiableMap(plain);
  }

  /**
   * The password from where it is kept, or null if the URI names none.
   *
   * @throws KappaException if it is not where the URI says
   */
  public @Nullable String password() {
    String variable = references.get(PASSWORD_ENV);
    if (variable != null) {
      String password = System.getenv(variable);
      if (password == null) {
        throw new KappaException(
            "the environment variable " + variable + " that holds the password is not set",
            "set it for every process of the job");
      }
      return password;
    }
    String file = references.get(PASSWORD_FILE);
    if (file != null) {
      try {
        return Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        throw new KappaException(
            "cannot read the password file " + file, "see that it exists on every worker", e);
      }
    }
    return null;
  }
}
