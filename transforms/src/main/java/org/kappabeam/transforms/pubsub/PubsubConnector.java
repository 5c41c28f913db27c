package org.kappabeam.transforms.pubsub;

import java.util.Map;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogConnector;
import org.kappabeam.transforms.log.LogWriter;

/** Registers the scheme {@code pubsub}. */
public final class PubsubConnector implements LogConnector {
  @Override
  public String scheme() {
    return PubsubUri.SCHEME;
  }

  @Override
  public String example() {
    return "pubsub://project/subscription";
  }

  @Override
  public Log open(String uri, Map<String, String> properties) {
    return PubsubLog.of(uri, properties);
  }

  @Override
  public LogWriter writer(String uri, Map<String, String> properties) {
    return PubsubLogWriter.open(uri, properties);
  }

  /** {@inheritDoc} A topic has no partitions; their number is of no interest. */
  @Override
  public void create(String uri, int partitions, Map<String, String> properties) {
    PubsubTopics.create(uri, properties);
  }
}
