package org.kappabeam.pipelines.compare;

import com.google.auto.value.AutoValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewRanges;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * Compares one view in two generations, row by row. Both give their rows in key order, so a range
 * of keys is joined by reading it in both: nothing is shuffled, and ranges are read in parallel.
 * The output is one element, the sum.
 */
@AutoValue
public abstract class CompareView extends PTransform<PBegin, PCollection<ViewParity>> {
  /** One generation's rows of a range are held in memory. */
  private static final int ROWS_PER_RANGE = 20_000;

  abstract Views before();

  abstract Views after();

  abstract ViewSchema schema();

  abstract List<String> newColumns();

  abstract int timeColumn();

  abstract long completeUntil();

  abstract ExpectedDifferences expected();

  /**
   * A comparison.
   *
   * @param stored the view as the older generation holds it
   * @param fresh the view as the newer one holds it; columns that only it has are not compared
   * @param timeColumn the TIMESTAMP column that says when a row's event was; empty compares all
   * @param completeUntil rows of this time (microseconds since the epoch) and later are left out
   */
  public static CompareView of(
      Views before,
      Views after,
      ViewSchema stored,
      ViewSchema fresh,
      Optional<String> timeColumn,
      long completeUntil,
      ExpectedDifferences expected) {
    List<String> old = names(stored);
    List<String> added = names(fresh).stream().filter(name -> !old.contains(name)).toList();
    ViewSchema both = fresh.only(new HashSet<>(old));
    int time = timeColumn.map(name -> names(both).indexOf(name)).orElse(-1);
    return new AutoValue_CompareView(before, after, both, added, time, completeUntil, expected);
  }

  private static List<String> names(ViewSchema schema) {
    return schema.columns().stream().map(Column::name).toList();
  }

  @Override
  public PCollection<ViewParity> expand(PBegin begin) {
    return begin
        .apply("Ranges", rangesThatFitIntoMemory(before(), schema()))
        .apply("Compare", ParDo.of(new CompareFn(this)))
        .setCoder(new ViewParityCoder())
        .apply("Add up", Combine.globally(new Add(schema().name())));
  }

  private static ViewRanges rangesThatFitIntoMemory(Views views, ViewSchema schema) {
    return ViewRanges.of(
        views, schema, store -> Math.toIntExact(1 + store.count(schema) / ROWS_PER_RANGE));
  }

  /** Compares a range. */
  static final class CompareFn extends DoFn<KeyRange, ViewParity> {
    private final Views before;
    private final Views after;
    private final ViewSchema schema;
    private final List<String> newColumns;
    private final int timeColumn;
    private final long completeUntil;
    private final ExpectedDifferences expected;

    CompareFn(CompareView spec) {
      this.before = spec.before();
      this.after = spec.after();
      this.schema = spec.schema();
      this.newColumns = spec.newColumns();
      this.timeColumn = spec.timeColumn();
      this.completeUntil = spec.completeUntil();
      this.expected = spec.expected();
    }

    @ProcessElement
    public void process(@Element KeyRange range, OutputReceiver<ViewParity> out) {
      Tally tally = new Tally(schema, newColumns, timeColumn, completeUntil, expected);
      List<ViewRow> older = new ArrayList<>();
      try (ViewStore old = before.open();
          ViewStore fresh = after.open()) {
        old.scan(schema, range, false, older::add);
        MergeJoin join = new MergeJoin(older, tally);
        fresh.scan(schema, range, false, join::next);
        join.end();
      }
      out.output(tally.result());
    }
  }

  static final class Add extends Combine.CombineFn<ViewParity, ViewParity, ViewParity> {
    private final String view;

    Add(String view) {
      this.view = view;
    }

    @Override
    public ViewParity createAccumulator() {
      return ViewParity.none(view);
    }

    @Override
    public ViewParity addInput(ViewParity sum, ViewParity part) {
      return sum.plus(part);
    }

    @Override
    public ViewParity mergeAccumulators(Iterable<ViewParity> sums) {
      ViewParity all = createAccumulator();
      for (ViewParity sum : sums) {
        all = all.plus(sum);
      }
      return all;
    }

    @Override
    public ViewParity extractOutput(ViewParity sum) {
      return sum;
    }

    @Override
    public Coder<ViewParity> getAccumulatorCoder(
        CoderRegistry registry, Coder<ViewParity> inputCoder) {
      return new ViewParityCoder();
    }

    @Override
    public Coder<ViewParity> getDefaultOutputCoder(
        CoderRegistry registry, Coder<ViewParity> inputCoder) {
      return new ViewParityCoder();
    }
  }
}
