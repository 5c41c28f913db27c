package org.kappabeam.pipelines.cli;

import java.util.List;
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

  /** Held, since the logging system forgets the levels of loggers that nobody holds. */
  private static final List<Logger> HELD =
      List.of(
          Logger.getLogger(OURS),
          Logger.getLogger("kafka"),
          Logger.getLogger("org.apache.kafka"),
          Logger.getLogger("state.change.logger"));

  private Logging() {}

  static void configure(boolean verbose) {
    LogManager.getLogManager().reset();
    Handler terminal = new ConsoleHandler();
    terminal.setLevel(Level.ALL);
    terminal.setFormatter(new Line());
    Logger root = Logger.getLogger("");
    root.addHandler(terminal);
    root.setLevel(verbose ? Level.INFO : Level.OFF);
    for (Logger logger : HELD) {
      boolean ours = logger.getName().equals(OURS);
      logger.setLevel(
          ours ? (verbose ? Level.INFO : Level.WARNING) : verbose ? Level.WARNING : Level.OFF);
    }
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      Throwable thrown = entry.getThrown();
      return String.format(
          "%1$tT %2$-7s %3$s: %4$s%5$s%n",
          entry.getMillis(),
          entry.getLevel().getName(),
          entry.getLoggerName(),
          Failures.oneLine(formatMessage(entry)),
          thrown == null ? "" : " (" + Failures.oneLine(thrown.toString()) + ")");
    }
  }
}
