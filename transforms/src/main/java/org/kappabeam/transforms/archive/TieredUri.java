package org.kappabeam.transforms.archive;

import java.util.Locale;
import org.kappabeam.coders.KappaException;

/**
 * {@code tiered:ARCHIVE,LOG}: an archive's URI, a comma, the URI of the log it is of.
 *
 * @param archive the URI up to the first comma, which an archive's cannot hold
 * @param log the rest
 */
record TieredUri(String archive, String log) {
  static final String SCHEME = "tiered";
  static final String EXAMPLE = "tiered:archive:///path,kafka://host:9092/topic";

  static TieredUri parse(String uri) {
    int comma = uri.indexOf(',');
    String prefix = SCHEME + ":";
    if (!uri.toLowerCase(Locale.ROOT).startsWith(prefix) || comma < 0) {
      throw malformed();
    }
    TieredUri parsed =
        new TieredUri(uri.substring(prefix.length(), comma), uri.substring(comma + 1));
    if (parsed.log.toLowerCase(Locale.ROOT).startsWith(prefix)) {
      throw malformed();
    }
    return parsed;
  }

  private static KappaException malformed() {
    // Not repeated: an unknown form may hold a password anywhere.
    return new KappaException(
        "the tiered log's URI has another form than an archive, a comma and a log",
        "write it like " + EXAMPLE);
  }
}
