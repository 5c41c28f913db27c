package org.kappabeam.transforms.log;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** Where a slice begins or ends, as people write it: a word, or a log time. */
@AutoValue
public abstract class LogBound {
  public static final String EARLIEST = "earliest";
  public static final String LATEST = "latest";
  public static final String NEVER = "never";

  /** What was written. */
  public abstract String text();

  /** The log time in milliseconds since the epoch, or {@code null} if it is a word. */
  public abstract @Nullable Long instant();

  /** Where a slice begins: {@code earliest}, {@code latest}, or an instant (ISO-8601). */
  public static LogBound from(String text) {
    return parse(text, EARLIEST, LATEST);
  }

  /** Where a slice that begins at {@code from} ends: {@code latest}, {@code never}, an instant. */
  public static LogBound until(String text, LogBound from) {
    LogBound until = parse(text, LATEST, NEVER);
    Long start = from.instant();
    Long end = until.instant();
    if (start != null && end != null && end < start) {
      throw new KappaException(
          "the slice ends (" + text + ") before it begins (" + from.text() + ")",
          "swap from and until");
    }
    return until;
  }

  private static LogBound parse(String text, String... words) {
    for (String word : words) {
      if (word.equals(text)) {
        return new AutoValue_LogBound(word, null);
      }
    }
    try {
      return new AutoValue_LogBound(text, Instant.parse(text).toEpochMilli());
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new KappaException(
          "'" + text + "' is no bound of a slice",
          "write " + String.join(", ", words) + " or an instant such as 2026-01-31T00:00:00Z",
          e);
    }
  }
}
