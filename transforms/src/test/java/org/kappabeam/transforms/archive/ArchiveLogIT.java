package org.kappabeam.transforms.archive;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.log.LogAbility;
import org.kappabeam.transforms.log.LogContract;

/** The contract, by an archive on disk that every append to a log goes on. */
class ArchiveLogIT extends LogContract {
  @TempDir private static Path dir;

  private final Map<String, MemoryLog> logs = new HashMap<>();

  @Override
  protected String newLog(int partitions) {
    String archive = Archives.uri(dir.resolve("archive-" + System.nanoTime()));
    MemoryLog log = new MemoryLog("memory:log", partitions);
    logs.put(archive, log);
    Archives.copy(log, archive);
    return archive;
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of();
  }

  @Override
  protected Map<LogAbility, String> lacks() {
    String copied = "an archive is a copy: it has an end, and grows only by the next copy";
    return Map.of(
        LogAbility.OPEN_END,
        copied,
        LogAbility.LOG_CLOCK,
        copied,
        LogAbility.WRITER,
        "an archive is written by 'kappa archive' from a log, not record by record",
        LogAbility.SERVER,
        "an archive on disk has no server");
  }

  @Override
  protected List<LogRecord> append(String uri, List<LogRecord> records) {
    MemoryLog log = logs.get(uri);
    List<LogRecord> written = log.append(records);
    Archives.copy(log, uri);
    return written;
  }

  @Override
  protected String unknownLog() {
    return Archives.uri(dir.resolve("nowhere"));
  }

  @Override
  protected String deadLog() {
    throw new UnsupportedOperationException("no server");
  }
}
