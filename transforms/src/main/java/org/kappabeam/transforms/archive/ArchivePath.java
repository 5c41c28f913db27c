package org.kappabeam.transforms.archive;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Where records lie: {@code log_date=2026-01-31/partition=0/FROM-UNTIL.avro}. The name says which
 * offsets the file may hold, not which it does: the records of another day are elsewhere. The same
 * records get the same path in every attempt.
 */
final class ArchivePath {
  /** Every file of records that an archive may have. */
  static final String ALL = "log_date=*/partition=*/*.avro";

  private ArchivePath() {}

  /** The path of the records of a partition and a day in the offsets {@code [from, until)}. */
  static String of(String partition, long logTime, long from, long until) {
    return "log_date=%s/partition=%s/%020d-%020d.avro"
        .formatted(date(logTime), escaped(partition), from, until);
  }

  /** The day in UTC. */
  static LocalDate date(long logTime) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(logTime), ZoneOffset.UTC);
  }

  /** A name that is one name in any file system. */
  private static String escaped(String partition) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : partition.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0);
      escaped.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", b & 0xff));
    }
    return escaped.toString();
  }
}
