package org.kappabeam.transforms.archive;

import java.util.Map;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogConnector;
import org.kappabeam.transforms.log.LogWriter;

/** Registers the scheme {@code archive}. */
public final class ArchiveConnector implements LogConnector {
  @Override
  public String scheme() {
    return ArchiveUri.SCHEME;
  }

  @Override
  public String example() {
    return ArchiveUri.EXAMPLE;
  }

  @Override
  public Log open(String uri, Map<String, String> properties) {
    return ArchiveLog.of(uri);
  }

  /** An archive is the copy of a log: who appended to it would make it something else. */
  @Override
  public LogWriter writer(String uri, Map<String, String> properties) {
    throw notWritten(uri);
  }

  @Override
  public void create(String uri, int partitions, Map<String, String> properties) {
    throw notWritten(uri);
  }

  private static KappaException notWritten(String uri) {
    return new KappaException(
        "the archive " + ArchiveUri.parse(uri) + " is not written record by record",
        "write to a log and copy that: 'archive --log=… --to=…'");
  }
}
