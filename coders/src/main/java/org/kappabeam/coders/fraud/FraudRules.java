package org.kappabeam.coders.fraud;

import java.time.Instant;

/** What the quality rules of this package share. */
final class FraudRules {
  /** Longest id, in characters. */
  private static final int MAX_ID = 64;

  private static final long YEAR_2200 = Instant.parse("2200-01-01T00:00:00Z").toEpochMilli();

  private FraudRules() {}

  static boolean isId(String id) {
    return !id.isEmpty() && id.length() <= MAX_ID;
  }

  /** From 1970 to the end of 2199: a clock that says otherwise is broken. */
  static boolean isPlausible(long epochMillis) {
    return epochMillis >= 0 && epochMillis < YEAR_2200;
  }
}
