package org.kappabeam.transforms.archive;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.coders.KappaException;

/**
 * {@code archive:///path} for a directory of this machine, {@code archive+SCHEME://…} for one of
 * any file system Beam has under that scheme.
 */
@AutoValue
abstract class ArchiveUri implements Serializable {
  static final String SCHEME = "archive";
  static final String EXAMPLE = "archive:///path or archive+gs://bucket/prefix";

  private static final Pattern FORM =
      Pattern.compile("(?i:archive)(?:\\+([a-zA-Z][a-zA-Z0-9.-]*))?://(.*)");

  /** What would be taken for a pattern of file names, or ends a URI in a list. */
  private static final Pattern FORBIDDEN = Pattern.compile("[*?\\[\\]{}\\\\,\\p{Cntrl}]");

  /** The directory as Beam's file systems name it, without a slash at its end. */
  abstract String directory();

  abstract String text();

  static ArchiveUri parse(String uri) {
    Matcher form = FORM.matcher(uri);
    if (!form.matches()) {
      throw malformed(uri, "it has another form");
    }
    String scheme = form.group(1);
    String place = form.group(2).replaceFirst("/+$", "");
    if (place.contains("@")) {
      // Not repeated: what stands before the @ may be a secret.
      throw new KappaException(
          "an archive's URI must not hold user or password",
          "let the file system find its credentials by itself");
    }
    if (FORBIDDEN.matcher(place).find()) {
      throw malformed(uri, "a path with one of * ? [ ] { } \\ or a comma cannot be used");
    }
    if (scheme == null) {
      if (!place.startsWith("/")) {
        throw malformed(uri, "it needs an absolute path");
      }
      return new AutoValue_ArchiveUri(place, SCHEME + "://" + place);
    }
    if (place.isEmpty() || (place.startsWith("/") && !scheme.equalsIgnoreCase("hdfs"))) {
      throw malformed(uri, "it names no bucket or host");
    }
    String target = scheme.toLowerCase(Locale.ROOT) + "://" + place;
    return new AutoValue_ArchiveUri(target, SCHEME + "+" + target);
  }

  private static KappaException malformed(String uri, String what) {
    return new KappaException(
        "the archive's URI " + uri + " is wrong, " + what, "write " + EXAMPLE);
  }

  @Override
  public final String toString() {
    return text();
  }
}
