package org.kappabeam.pipelines.pilot;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.view.ViewStore;

/**
 * What the command line needs of a pilot besides its graph: where events come from when there is no
 * source system, and what its views say in a few lines. Found by {@link java.util.ServiceLoader}.
 */
public interface PilotFeed {

  /** The {@link Pilot#name} it belongs to. */
  String pilot();

  /** A new, seeded simulation; its picocli-annotated fields become options. */
  Source simulator();

  /** A new reader of files; its picocli-annotated fields become options and parameters. */
  Source importer();

  /** Writes what the views of the pilot say: numbers first, then the few rows that matter most. */
  void report(ViewStore views, PrintWriter out);

  /** A line of SQL worth trying on the views, without quotes of either kind. */
  String exampleQuery();

  /** Where events come from. */
  interface Source {

    /**
     * Writes all events; call once.
     *
     * @param manner how the log is written
     * @param log written and flushed, not closed
     * @param progress is told about once a second, and at the end
     * @throws org.kappabeam.coders.KappaException if the source cannot be read or the log refuses
     */
    Written write(Manner manner, LogWriter log, Consumer<Written> progress);
  }

  /**
   * How a log is written; see each pilot's feed for what damage it can do.
   *
   * @param format of all messages
   * @param ids where schemas are registered, for formats that name them by id
   * @param shuffle how much later than its event time a record may reach the log
   * @param duplicates the share of events that are written twice, 0 to 1
   * @param corrupt the share of events beside which a damaged copy is written, 0 to 1
   * @param seed decides delays, duplicates and damage
   * @param rate at most so many records per second, 0 for no limit
   */
  record Manner(
      MessageFormat format,
      EventEncoder.Ids ids,
      Duration shuffle,
      double duplicates,
      double corrupt,
      long seed,
      double rate) {

    /** A manner that needs no schema registry. */
    public Manner(
        MessageFormat format,
        Duration shuffle,
        double duplicates,
        double corrupt,
        long seed,
        double rate) {
      this(format, EventEncoder.Ids.none(), shuffle, duplicates, corrupt, seed, rate);
    }
  }

  /**
   * What has been written so far.
   *
   * @param records all of them
   * @param kinds the same by kind, in the order they are shown
   */
  record Written(long records, Map<String, Long> kinds) {}
}
