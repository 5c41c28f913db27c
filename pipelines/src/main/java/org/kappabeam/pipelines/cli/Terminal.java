package org.kappabeam.pipelines.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and failures
 */
record Terminal(PrintWriter out, PrintWriter err) {

  /** A line of progress. */
  void progress(String format, Object... args) {
    err.println("  " + String.format(Locale.ROOT, format, args));
    err.flush();
  }

  /** A line of the result. */
  void say(String format, Object... args) {
    out.println(String.format(Locale.ROOT, format, args));
    out.flush();
  }

  void flush() {
    out.flush();
    err.flush();
  }
}
