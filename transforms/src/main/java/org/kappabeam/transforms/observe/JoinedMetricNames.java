package org.kappabeam.transforms.observe;

import java.util.List;
import org.apache.beam.sdk.metrics.MetricName;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads our metrics' names where a runner shows namespace and name as one word, {@code
 * namespace_name}: neither is to be told from the other but by knowing them.
 */
public final class JoinedMetricNames {
  private static final List<String> ROWS = List.of("rows_written", "rows_refused");

  private JoinedMetricNames() {}

  /**
   * Parses a joined name.
   *
   * @return null if it is not one of ours
   */
  public static @Nullable MetricName parse(String joined) {
    for (String namespace : ReadPositions.NAMESPACES) {
      if (joined.startsWith(namespace + "_")) {
        return MetricName.named(namespace, joined.substring(namespace.length() + 1));
      }
    }
    String counter = Conservation.NAMESPACE + "_";
    if (joined.startsWith(counter)
        && Conservation.NAMES.contains(joined.substring(counter.length()))) {
      return MetricName.named(Conservation.NAMESPACE, joined.substring(counter.length()));
    }
    for (String name : ROWS) {
      if (joined.endsWith("_" + name)) {
        return MetricName.named(joined.substring(0, joined.length() - name.length() - 1), name);
      }
    }
    return null;
  }
}
