package org.kappabeam.pipelines.replay;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.transforms.deadletter.Repair;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;
import org.kappabeam.transforms.log.LogGap;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Makes plans: asks log, registry and store what there is, once. Writes nothing anywhere. */
public final class Planner {
  /** The whole history, from the first record there ever was. */
  public static final String ALL = "all";

  /** What an estimate takes for granted where no pace is set. */
  private static final long USUAL_RECORDS_PER_SECOND = 50_000;

  private final Pilot pilot;
  private final KappaOptions options;
  private final String pipeline;

  /**
   * A planner.
   *
   * @param options as for a run; those that decide results are pinned
   * @param pipeline the version of this program
   */
  public Planner(Pilot pilot, KappaOptions options, String pipeline) {
    this.pilot = pilot;
    this.options = options;
    this.pipeline = pipeline;
  }

  /**
   * Plans the next generation.
   *
   * @param from {@link #ALL}, or a bound as for a run
   * @param deciding the options that decide results, by name, as they were given; what a registry
   *     says is added
   * @param generation to build; null for the next one
   * @throws KappaException if the log does not have all of it any more
   */
  public ReplayPlan plan(
      Log log,
      String from,
      String until,
      Map<String, String> deciding,
      @Nullable Integer generation) {
    FileSystems.setDefaultPipelineOptions(options);
    boolean all = from.equals(ALL);
    LogBound start = LogBound.from(all ? LogBound.EARLIEST : from);
    Slice slice = log.resolve(start.text(), until);
    refuseGaps(log, slice, all || start.instant() != null);
    Map<String, String> pinned = new TreeMap<>(deciding);
    PTransform<PBegin, PCollection<LogBatch>> read = log.slice(slice, 0);
    pinSchemas(read, pinned);
    Map<String, List<String>> views = new TreeMap<>();
    for (ViewSchema schema : pilot.tables()) {
      views.put(schema.name(), columns(schema));
    }
    List<Repair> repairs;
    int next;
    try (ViewStore store = Views.at(options.getView(), 1).open()) {
      Lifecycle lifecycle = new Lifecycle(store.control(), pilot.name(), Clock.systemUTC());
      repairs = lifecycle.repairs();
      next = generation == null ? nextGeneration(store, lifecycle) : generation;
    }
    return new ReplayPlan(
        ReplayPlan.FORMAT,
        ReplayPlan.VERSION,
        pilot.name(),
        pipeline,
        log.uri(),
        options.getView(),
        next,
        from,
        until,
        slice.ranges().stream().map(ReplayPlan.Range::of).toList(),
        pinned,
        views,
        repairs,
        estimate(slice, read));
  }

  /** The columns of a view as a plan names them. */
  public static List<String> columns(ViewSchema schema) {
    return schema.columns().stream().map(column -> column.name() + " " + column.type()).toList();
  }

  private static void refuseGaps(Log log, Slice slice, boolean complete) {
    List<LogGap> gaps = LogGap.find(log, slice, complete);
    if (!gaps.isEmpty()) {
      throw new KappaException(
          "records of the slice are gone from %s: %s"
              .formatted(
                  log.uri(), gaps.stream().map(LogGap::toString).collect(Collectors.joining(", "))),
          "read them from an archive (--log=tiered:<archive>,<log>), or plan --from=earliest to do"
              + " without them");
    }
  }

  /** Building the graph asks the registry which schemas there are, and notes the answer. */
  private void pinSchemas(
      PTransform<PBegin, PCollection<LogBatch>> read, Map<String, String> pinned) {
    options.setReadMode(KappaOptions.ReadMode.SLICE);
    Pipeline pipelineOnly = Pipeline.create(options);
    Pilot.Output unused = pilot.build(pipelineOnly.apply("Read log", read), options);
    if (options.getSchemaPins() != null) {
      pinned.put("schemaPins", options.getSchemaPins());
    }
  }

  private int nextGeneration(ViewStore store, Lifecycle lifecycle) {
    SortedSet<Integer> known = new TreeSet<>();
    pilot.tables().forEach(schema -> known.addAll(store.generations(schema)));
    // Numbers of retired generations do not come back.
    lifecycle.generations().forEach(each -> known.add(each.number()));
    return known.isEmpty() ? 1 : known.last() + 1;
  }

  private ReplayPlan.Estimate estimate(
      Slice slice, PTransform<PBegin, PCollection<LogBatch>> read) {
    long records = slice.size();
    long rate =
        options.getMaxRecordsPerSecond() > 0
            ? options.getMaxRecordsPerSecond()
            : USUAL_RECORDS_PER_SECOND;
    long seconds = records == Slice.UNKNOWN_SIZE ? -1 : (records + rate - 1) / rate;
    return new ReplayPlan.Estimate(records, bytes(read), rate, seconds);
  }

  private long bytes(PTransform<PBegin, PCollection<LogBatch>> read) {
    if (!(read instanceof Read.Bounded<LogBatch> bounded)) {
      return -1;
    }
    try {
      return bounded.getSource().getEstimatedSizeBytes(options);
    } catch (IOException e) {
      return -1;
    } catch (Exception e) {
      throw new KappaException(
          "cannot estimate the size of the slice", "see that the log can be reached", e);
    }
  }
}
