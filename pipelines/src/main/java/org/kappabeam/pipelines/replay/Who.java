package org.kappabeam.pipelines.replay;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who acts, for leases and the audit trail. */
final class Who {
  private static final String HOST = lookUpHost();

  private Who() {}

  static String name() {
    return System.getProperty("user.name", "unknown") + "@" + HOST;
  }

  static String host() {
    return HOST;
  }

  private static String lookUpHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
