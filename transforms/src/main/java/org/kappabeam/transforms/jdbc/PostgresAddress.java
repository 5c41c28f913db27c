package org.kappabeam.transforms.jdbc;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * A {@code postgresql://host:port/database?user=…} URI taken apart. The password is only ever named
 * by reference, {@code passwordEnv=VARIABLE} or {@code passwordFile=PATH}; every other parameter
 * ({@code sslmode}, {@code sslrootcert}, {@code currentSchema}, …) goes to the driver.
 */
final class PostgresAddress {
  private static final String PREFIX = "postgresql://";
  private static final String PASSWORD_ENV = "passwordEnv";
  private static final String PASSWORD_FILE = "passwordFile";
  private static final String EXAMPLE =
      "write postgresql://host:5432/database?user=NAME&passwordEnv=VARIABLE";

  private final String jdbcUrl;
  private final Map<String, String> parameters = new TreeMap<>();

  private PostgresAddress(String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
  }

  /** Takes a URI apart; a URI with a secret is refused without repeating it. */
  static PostgresAddress parse(String uri) {
    int question = uri.indexOf('?');
    String place = question < 0 ? uri : uri.substring(0, question);
    if (place.indexOf('@') >= 0) {
      throw new KappaException("the view's URI holds a user or password before '@'", EXAMPLE);
    }
    int slash = place.startsWith(PREFIX) ? place.indexOf('/', PREFIX.length()) : -1;
    if (slash <= PREFIX.length() || slash == place.length() - 1) {
      throw new KappaException("'" + place + "' names no host and database", EXAMPLE);
    }
    PostgresAddress address = new PostgresAddress("jdbc:" + place);
    if (question >= 0) {
      for (String parameter : uri.substring(question + 1).split("&", -1)) {
        address.add(parameter);
      }
    }
    return address;
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
      throw new KappaException("the view's URI has a parameter without value", EXAMPLE);
    }
    parameters.put(name, decode(parameter.substring(equals + 1)));
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new KappaException("the view's URI has a malformed percent escape", EXAMPLE, e);
    }
  }

  String jdbcUrl() {
    return jdbcUrl;
  }

  /** The driver's properties, with the password read from where it is kept. */
  Properties properties() {
    Properties properties = new Properties();
    // A dead network must not hang a worker for ever; a URI may say otherwise.
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("socketTimeout", "300");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "kappa");
    // One statement of many rows instead of many statements.
    properties.setProperty("reWriteBatchedInserts", "true");
    parameters.forEach(
        (name, value) -> {
          if (!name.equals(PASSWORD_ENV) && !name.equals(PASSWORD_FILE)) {
            properties.setProperty(name, value);
          }
        });
    String password = password();
    if (password != null) {
      properties.setProperty("password", password);
    }
    return properties;
  }

  private @Nullable String password() {
    String variable = parameters.get(PASSWORD_ENV);
    if (variable != null) {
      String password = System.getenv(variable);
      if (password == null) {
        throw new KappaException(
            "the environment variable " + variable + " that holds the password is not set",
            "set it for every process of the job");
      }
      return password;
    }
    String file = parameters.get(PASSWORD_FILE);
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
