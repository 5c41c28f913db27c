package org.kappabeam.transforms.jdbc;

import java.util.Properties;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.UriParameters;

/**
 * A {@code postgresql://host:port/database?user=…} URI taken apart. The password is only ever named
 * by reference ({@link UriParameters}); every other parameter ({@code sslmode}, {@code
 * sslrootcert}, {@code currentSchema}, …) goes to the driver.
 */
final class PostgresAddress {
  private static final String PREFIX = "postgresql://";
  private static final String EXAMPLE =
      "write postgresql://host:5432/database?user=NAME&passwordEnv=VARIABLE";

  private final String jdbcUrl;
  private final UriParameters parameters;

  private PostgresAddress(String jdbcUrl, UriParameters parameters) {
    this.jdbcUrl = jdbcUrl;
    this.parameters = parameters;
  }

  /** Takes a URI apart; a URI with a secret is refused without repeating it. */
  static PostgresAddress parse(String uri) {
    UriParameters parameters = UriParameters.of(uri, EXAMPLE);
    String place = UriParameters.place(uri);
    int slash = place.startsWith(PREFIX) ? place.indexOf('/', PREFIX.length()) : -1;
    if (slash <= PREFIX.length() || slash == place.length() - 1) {
      throw new KappaException("'" + place + "' names no host and database", EXAMPLE);
    }
    return new PostgresAddress("jdbc:" + place, parameters);
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
    parameters.plain().forEach(properties::setProperty);
    String password = parameters.password();
    if (password != null) {
      properties.setProperty("password", password);
    }
    return properties;
  }
}
