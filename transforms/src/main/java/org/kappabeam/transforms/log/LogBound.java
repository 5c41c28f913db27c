package org.kappabeam.transforms.log;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** A bound of a slice as {@link Log#resolve} takes it: a word, or an instant of log time. */
@AutoValue
public abstract class LogBound {
  public static final String EARLIEST = "earliest";
  public static final String LATEST = "latest";
  public static final String NEVER = "never";

  /** The word, or the instant as it was written. */
  public abstract String text();

  /** Milliseconds since the epoch; {@code null} for a word. */
  public abstract @Nullable Long instant();

  /** Where a slice begins. */
  public static LogBound from(String text) {
    return parse(text, EARLIEST, LATEST);
  }

  /**
   * Where a slice ends.
   *
   * @param from where it begins; an end before that is refused
   */
  public static LogBound until(String text, LogBound from) {
    LogBound until = parse(text, LATEST, NEVER);
    if (from.instant() != null && until.instant() != null && until.instant() < from.instant()) {
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
