package org.kappabeam.transforms.kinesis;

import java.util.Map;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogConnector;
import org.kappabeam.transforms.log.LogWriter;

/** Registers the scheme {@code kinesis}. */
public final class KinesisConnector implements LogConnector {
  @Override
  public String scheme() {
    return KinesisUri.SCHEME;
  }

  @Override
  public String example() {
    return KinesisUri.EXAMPLE;
  }

  @Override
  public Log open(String uri, Map<String, String> properties) {
    return KinesisLog.of(uri, properties);
  }

  @Override
  public LogWriter writer(String uri, Map<String, String> properties) {
    return KinesisLogWriter.open(uri, properties);
  }

  @Override
  public void create(String uri, int partitions, Map<String, String> properties) {
    KinesisStreams.create(uri, partitions, properties);
  }
}
