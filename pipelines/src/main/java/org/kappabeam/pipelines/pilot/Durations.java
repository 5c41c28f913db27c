package org.kappabeam.pipelines.pilot;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.coders.KappaException;

/**
 * Durations as people write them: {@code 7d}, {@code 12h}, {@code 30m}, {@code 45s}, or ISO-8601.
 */
public final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})([dhms])");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @param option the option the text came from, for the message
   * @throws KappaException if the text is no duration of zero or more
   */
  public static Duration parse(String option, String text) {
    Matcher matcher = SHORT.matcher(text.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long n = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "d" -> Duration.ofDays(n);
        case "h" -> Duration.ofHours(n);
        case "m" -> Duration.ofMinutes(n);
        default -> Duration.ofSeconds(n);
      };
    }
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      throw invalid(option, text, e);
    }
    throw invalid(option, text, null);
  }

  private static KappaException invalid(String option, String text, Exception cause) {
    return new KappaException(
        "--" + option + "=" + text + " is no duration",
        "write it like 7d, 12h, 30m, 45s or PT1H30M",
        cause);
  }
}
