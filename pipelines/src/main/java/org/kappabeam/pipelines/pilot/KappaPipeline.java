package org.kappabeam.pipelines.pilot;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.deadletter.Repairs;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Throttle;
import org.kappabeam.transforms.observe.ReadPositions;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.kappabeam.transforms.view.WriteView;

/** Connects a pilot to its log and its views. */
public final class KappaPipeline {
  private final Pilot pilot;
  private final KappaOptions options;
  private final Log log;
  private final Slice slice;
  private final Repairs repairs;
  private final Views views;

  private KappaPipeline(
      Pilot pilot, KappaOptions options, Log log, Slice slice, Repairs repairs, Views views) {
    this.pilot = pilot;
    this.options = options;
    this.log = log;
    this.slice = slice;
    this.repairs = repairs;
    this.views = views;
  }

  /**
   * A pipeline to be written down and run later, by others. The log is asked only if it cannot be
   * read otherwise; the views are created by the first who writes to them.
   *
   * @throws KappaException if an option makes no sense, or the log has to be asked and cannot be
   *     reached
   */
  public static KappaPipeline template(Pilot pilot, KappaOptions options, Log log) {
    requireEnd(options);
    FileSystems.setDefaultPipelineOptions(options);
    Slice slice =
        log.resolveUnasked(options.getFrom(), options.getUntil())
            .orElseGet(() -> log.resolve(options.getFrom(), options.getUntil()));
    return untouched(pilot, options, log, slice);
  }

  /**
   * A pipeline to look at, built without asking log, view or schema registry. Not for running: a
   * log that would have to be asked cannot be read.
   *
   * @throws KappaException if an option makes no sense
   */
  public static KappaPipeline sketch(Pilot pilot, KappaOptions options, Log log) {
    requireEnd(options);
    FileSystems.setDefaultPipelineOptions(options);
    if (options.getSchemaRegistryUrl() != null && options.getSchemaPins() == null) {
      options.setSchemaPins(SchemaPins.of(List.of()).toJson());
    }
    return log.resolveUnasked(options.getFrom(), options.getUntil())
        .map(slice -> untouched(pilot, options, log, slice))
        .orElseGet(() -> untouched(pilot, options, new UnaskedLog(log.uri()), Slice.of(List.of())));
  }

  private static KappaPipeline untouched(Pilot pilot, KappaOptions options, Log log, Slice slice) {
    Views views = Views.at(options.getView(), options.getGeneration());
    return new KappaPipeline(pilot, options, log, slice, Repairs.none(), views);
  }

  private static void requireEnd(KappaOptions options) {
    if (isBounded(options) && options.getUntil().equals("never")) {
      throw new KappaException(
          "--readMode=SLICE needs an end", "add --until=latest or --until=<log time>");
    }
  }

  private static boolean isBounded(KappaOptions options) {
    return options.getReadMode() == KappaOptions.ReadMode.SLICE;
  }

  /**
   * Checks that log and view are there and pins what is to be read.
   *
   * @throws KappaException if an option makes no sense, or log or view cannot be reached
   */
  public static KappaPipeline plan(Pilot pilot, KappaOptions options, Log log) {
    requireEnd(options);
    // An archive is looked at before there is a pipeline.
    FileSystems.setDefaultPipelineOptions(options);
    // Before the view is touched: a mistyped log leaves no empty tables behind.
    Slice pinned = log.resolve(options.getFrom(), options.getUntil());
    return pinned(pilot, options, log, pinned, Repairs.none());
  }

  /**
   * The same for a slice that was pinned before.
   *
   * @param repairs that take the place of refused records
   * @throws KappaException if the view cannot be reached
   */
  public static KappaPipeline pinned(
      Pilot pilot, KappaOptions options, Log log, Slice slice, Repairs repairs) {
    FileSystems.setDefaultPipelineOptions(options);
    Views views = Views.at(options.getView(), options.getGeneration());
    try (ViewStore store = views.open()) {
      for (ViewSchema schema : pilot.views()) {
        store.create(schema);
      }
      store.create(DeadLetterView.schema());
    }
    return new KappaPipeline(pilot, options, log, slice, repairs, views);
  }

  /** What will be read. */
  public Slice slice() {
    return slice;
  }

  /** The graph, ready to run. */
  public Pipeline build() {
    Pipeline pipeline = Pipeline.create(options);
    PCollection<LogBatch> records =
        pipeline.apply(
            "Read log",
            isBounded(options)
                ? log.slice(slice, options.getSliceRanges())
                : log.live(slice, lateness(options)));
    if (options.getMaxRecordsPerSecond() > 0) {
      records = records.apply("Throttle", Throttle.to((double) options.getMaxRecordsPerSecond()));
    }
    if (!repairs.isEmpty()) {
      records = records.apply("Repairs", repairs.substitute());
    }
    records = records.apply("Positions", ReadPositions.note());
    Pilot.Output output = pilot.build(records, options);
    PCollectionList<Batch<ViewRow>> dead =
        PCollectionList.of(
            output.deadLetters().apply("Dead letter rows", DeadLetterView.toRows(repairs)));
    for (Pilot.Rows view : output.views()) {
      dead =
          dead.and(
              view.rows()
                  .apply("Write " + view.schema().name(), WriteView.of(views, view.schema()))
                  .getAll());
    }
    // What is refused of the dead letters themselves ends in a counter and the worker's log.
    (dead.size() == 1 ? dead.get(0) : dead.apply("All dead letters", Flatten.pCollections()))
        .apply("Write dead_letters", WriteView.of(views, DeadLetterView.schema()));
    return pipeline;
  }

  private static long lateness(KappaOptions options) {
    return Durations.parse("allowedLateness", options.getAllowedLateness()).toMillis();
  }
}
