package org.kappabeam.pipelines.cli;

import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What of the log reaches the terminal. What concerns people is printed by the commands; without
 * {@code --verbose} only our own warnings are shown besides.
 */
final class Logging {
  private static final String OURS = "org.kappabeam";

  private Logging() {}

  static void configure(boolean verbose) {
    LogManager.getLogManager().reset();
    Handler terminal = new ConsoleHandler();
    terminal.setLevel(Level.ALL);
    terminal.setFormatter(new Line());
    // Not by levels of loggers: libraries set those, too.
    terminal.setFilter(entry -> verbose || entry.getLoggerName().startsWith(OURS));
    Logger root = Logger.getLogger("");
    root.addHandler(terminal);
    root.setLevel(verbose ? Level.INFO : Level.WARNING);
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      Throwable thrown = entry.getThrown();
      return String.format(
          Locale.ROOT,
          "%1$tT %2$-7s %3$s: %4$s%5$s%n",
          entry.getMillis(),
          entry.getLevel().getName(),
          entry.getLoggerName(),
          Failures.oneLine(formatMessage(entry)),
          thrown == null ? "" : " (" + Failures.oneLine(thrown.toString()) + ")");
    }
  }
}
