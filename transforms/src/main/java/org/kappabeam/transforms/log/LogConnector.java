package org.kappabeam.transforms.log;

import java.util.Map;

/**
 * What a kind of log brings to be opened by URI. Registered by a line in {@code
 * META-INF/services/org.kappabeam.transforms.log.LogConnector}.
 */
public interface LogConnector {

  /**
   * The URI scheme, without colon; lower case. It also gets the URIs whose scheme begins with it
   * and a plus sign, such as {@code archive+gs:}.
   */
  String scheme();

  /** A URI as a user would write it, for help and messages. */
  String example();

  /**
   * Checks the URI's form only; does not connect.
   *
   * @param properties settings of the log's client, by the client's own names
   * @throws org.kappabeam.coders.KappaException if the URI has not the form this log needs
   */
  Log open(String uri, Map<String, String> properties);

  /**
   * Connects for appending.
   *
   * @throws org.kappabeam.coders.KappaException if the log cannot be reached or does not exist
   */
  LogWriter writer(String uri, Map<String, String> properties);

  /**
   * Creates the log so that it keeps its records for ever; leaves one that exists as it is.
   *
   * @param partitions how many partitions or shards, where the log has them
   * @throws org.kappabeam.coders.KappaException if the log cannot be reached or created
   */
  void create(String uri, int partitions, Map<String, String> properties);
}
