package org.kappabeam.pipelines.pilot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.decode.TimeRule;

/**
 * A program over a log: from records to the rows of its views. Knows no log, no store, no runner.
 */
public interface Pilot {
  /** What the column of a row's event time is called. */
  String EVENT_TIME = "event_time";

  /** What {@code kappa run NAME} calls it. */
  String name();

  /** The views it keeps, besides the dead letters. */
  List<ViewSchema> views();

  /** All tables of a generation: the views and the dead letters. */
  default List<ViewSchema> tables() {
    List<ViewSchema> tables = new ArrayList<>(views());
    tables.add(DeadLetterView.schema());
    return tables;
  }

  /**
   * The column of a view that says when the event of a row was. Comparisons leave out rows whose
   * time has not been read to its end. Empty if there is none: then all rows are compared.
   */
  default Optional<String> timeColumn(ViewSchema view) {
    return view.columns().stream()
        .map(Column::name)
        .filter(name -> name.equals(EVENT_TIME))
        .findFirst();
  }

  /** Repairs of refused records, by the names that {@code kappa redrive --repair} knows. */
  default Map<String, RepairRule> repairs() {
    return Map.of();
  }

  /** Builds the graph. */
  Output build(PCollection<LogBatch> records, KappaOptions options);

  /** How the options say records are decoded: into the events of these routes. */
  static DecodeLog decode(KappaOptions options, Route<?, ?>... routes) {
    List<EventType<?>> types = new ArrayList<>();
    for (Route<?, ?> route : routes) {
      types.add(route.type());
    }
    return DecodeLog.of(
            List.of(routes), timeRule(options), options.getMaxRecordBytes(), options.getShards())
        .reading(logFormat(options, types));
  }

  /**
   * How the options say messages are written.
   *
   * @param types the events of the log, in the order of its routes
   * @throws org.kappabeam.coders.KappaException if options contradict each other, a file cannot be
   *     read, or a slice is read and the schema registry does not tell which schemas there are
   */
  static LogFormat logFormat(KappaOptions options, List<EventType<?>> types) {
    return MessageOptions.logFormat(options, types);
  }

  /**
   * How late and how early the options allow a record to be.
   *
   * @throws org.kappabeam.coders.KappaException if an option is no duration
   */
  static TimeRule timeRule(KappaOptions options) {
    return TimeRule.of(
        Durations.parse("allowedLateness", options.getAllowedLateness()),
        Durations.parse("allowedSkew", options.getAllowedSkew()));
  }

  /** The rows of each view, and what was refused on the way. */
  record Output(List<Rows> views, PCollection<DeadLetter> deadLetters) {}

  /** The rows of one view. */
  record Rows(ViewSchema schema, PCollection<Batch<ViewRow>> rows) {}
}
