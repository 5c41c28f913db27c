package org.kappabeam.transforms.kafka;

import java.util.Map;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogConnector;
import org.kappabeam.transforms.log.LogWriter;

/** Registers the scheme {@code kafka}. */
public final class KafkaConnector implements LogConnector {
  @Override
  public String scheme() {
    return KafkaUri.SCHEME;
  }

  @Override
  public String example() {
    return "kafka://host:9092/topic";
  }

  @Override
  public Log open(String uri, Map<String, String> properties) {
    return KafkaLog.of(uri, properties);
  }

  @Override
  public LogWriter writer(String uri, Map<String, String> properties) {
    return KafkaLogWriter.open(uri, properties);
  }

  @Override
  public void create(String uri, int partitions, Map<String, String> properties) {
    KafkaTopics.create(uri, partitions, properties);
  }
}
