package org.kappabeam.transforms.archive;

import java.util.Map;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogConnector;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/**
 * Registers the scheme {@code tiered}. The properties are those of the live log, which is also the
 * one that is written.
 */
public final class TieredConnector implements LogConnector {
  @Override
  public String scheme() {
    return TieredUri.SCHEME;
  }

  @Override
  public String example() {
    return TieredUri.EXAMPLE;
  }

  @Override
  public Log open(String uri, Map<String, String> properties) {
    TieredUri tiers = TieredUri.parse(uri);
    return new TieredLog(ArchiveLog.of(tiers.archive()), Logs.open(tiers.log(), properties));
  }

  @Override
  public LogWriter writer(String uri, Map<String, String> properties) {
    return Logs.writer(TieredUri.parse(uri).log(), properties);
  }

  @Override
  public void create(String uri, int partitions, Map<String, String> properties) {
    Logs.create(TieredUri.parse(uri).log(), partitions, properties);
  }
}
