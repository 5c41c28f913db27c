package org.kappabeam.pipelines.pilot;

import java.util.List;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/**
 * A program over a log: from records to the rows of its views. Knows no log, no store, no runner.
 */
public interface Pilot {

  /** What {@code kappa run NAME} calls it. */
  String name();

  /** The views it keeps, besides the dead letters. */
  List<ViewSchema> views();

  /** Builds the graph. */
  Output build(PCollection<LogBatch> records, KappaOptions options);

  /** The rows of each view, and what was refused on the way. */
  record Output(List<Rows> views, PCollection<DeadLetter> deadLetters) {}

  /** The rows of one view. */
  record Rows(ViewSchema schema, PCollection<Batch<ViewRow>> rows) {}
}
