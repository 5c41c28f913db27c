package org.kappabeam.transforms.log;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.kappabeam.coders.KappaException;

/** Opens logs by URI, whatever their kind. */
public final class Logs {
  private Logs() {}

  /**
   * The log that the URI names; does not connect yet.
   *
   * @param properties settings of the log's client, by the client's own names
   * @throws KappaException if no log of that scheme is known or the URI has the wrong form
   */
  public static Log open(String uri, Map<String, String> properties) {
    return connector(uri).open(uri, properties);
  }

  /**
   * A writer that appends to the log.
   *
   * @throws KappaException if the scheme is unknown or the log cannot be reached
   */
  public static LogWriter writer(String uri, Map<String, String> properties) {
    return connector(uri).writer(uri, properties);
  }

  /**
   * Creates the log if it is not there.
   *
   * @throws KappaException if the scheme is unknown or the log cannot be reached or created
   */
  public static void create(String uri, int partitions, Map<String, String> properties) {
    connector(uri).create(uri, partitions, properties);
  }

  /** A URI of each kind of log that is known, for help and messages. */
  public static List<String> examples() {
    return known().values().stream().map(LogConnector::example).toList();
  }

  private static LogConnector connector(String uri) {
    Map<String, LogConnector> known = known();
    int colon = uri.indexOf(':');
    String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
    // archive+gs: is for the archive.
    int plus = scheme.indexOf('+');
    LogConnector connector = known.get(plus < 0 ? scheme : scheme.substring(0, plus));
    if (connector == null) {
      // Only the scheme is repeated: an unknown kind of URI may hold a password anywhere.
      throw new KappaException(
          scheme.isEmpty()
              ? "the log's URI names no kind of log"
              : "'" + scheme + "' is no known kind of log",
          "use one like " + String.join(" or ", examples()));
    }
    return connector;
  }

  private static Map<String, LogConnector> known() {
    // The loader of this class sees what is deployed with it; a runner's thread may have another.
    Map<String, LogConnector> known = new TreeMap<>();
    for (LogConnector connector :
        ServiceLoader.load(LogConnector.class, Logs.class.getClassLoader())) {
      known.put(connector.scheme(), connector);
    }
    return known;
  }
}
