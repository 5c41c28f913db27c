package org.kappabeam.pipelines.cli;

import java.util.HashSet;
import java.util.Set;
import org.kappabeam.coders.KappaException;

/** Failures as one line. */
final class Failures {
  /** How one reads after a runner has carried it as text. */
  private static final String NAMED = KappaException.class.getName() + ": ";

  private static final int MAX_LENGTH = 500;

  private Failures() {}

  /** The line for people: what we know how to say, or else what the deepest cause says. */
  static String line(Throwable failure) {
    Throwable deepest = failure;
    Set<Throwable> seen = new HashSet<>();
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (t instanceof KappaException) {
        return oneLine(t.getMessage());
      }
      String text = String.valueOf(t.getMessage());
      int named = text.lastIndexOf(NAMED);
      if (named >= 0) {
        return oneLine(text.substring(named + NAMED.length()));
      }
      deepest = t;
    }
    return oneLine(
        "unexpected "
            + deepest.getClass().getSimpleName()
            + (deepest.getMessage() == null ? "" : " (" + deepest.getMessage() + ")")
            + ": run again with --stacktrace to see where");
  }

  /** The text on a single line, and not endless. */
  static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }
}
