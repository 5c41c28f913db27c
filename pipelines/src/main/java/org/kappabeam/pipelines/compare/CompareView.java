package org.kappabeam.pipelines.compare;

import com.google.auto.value.AutoValue;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ReadView;
import org.kappabeam.transforms.view.Views;

/**
 * Compares one view in two generations, row by row: ranges of keys are read in parallel, joined by
 * key, and what is found is added up. The output is one element.
 */
@AutoValue
public abstract class CompareView extends PTransform<PBegin, PCollection<ViewParity>> {
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
    TupleTag<ViewRow> older = new TupleTag<>() {};
    TupleTag<ViewRow> newer = new TupleTag<>() {};
    return KeyedPCollectionTuple.of(older, byKey(begin, "Before", before()))
        .and(newer, byKey(begin, "After", after()))
        .apply("Side by side", CoGroupByKey.create())
        .apply("Compare", ParDo.of(new CompareFn(this, older, newer)))
        .setCoder(new ViewParityCoder())
        .apply("Add up", Combine.globally(new Add(schema().name())));
  }

  private PCollection<KV<String, ViewRow>> byKey(PBegin begin, String name, Views views) {
    return begin
        .apply("Read " + name, ReadView.of(views, schema()))
        .apply("Key " + name, MapElements.via(new ByKey()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ViewRowCoder.of()));
  }

  static final class ByKey extends SimpleFunction<ViewRow, KV<String, ViewRow>> {
    @Override
    public KV<String, ViewRow> apply(ViewRow row) {
      return KV.of(row.key(), row);
    }
  }

  /** Counts within a bundle, so that equal rows cost next to nothing after the join. */
  static final class CompareFn extends DoFn<KV<String, CoGbkResult>, ViewParity> {
    private final ViewSchema schema;
    private final List<String> newColumns;
    private final int timeColumn;
    private final long completeUntil;
    private final ExpectedDifferences expected;
    private final TupleTag<ViewRow> older;
    private final TupleTag<ViewRow> newer;
    private transient @Nullable Tally tally;

    CompareFn(CompareView spec, TupleTag<ViewRow> older, TupleTag<ViewRow> newer) {
      this.schema = spec.schema();
      this.newColumns = spec.newColumns();
      this.timeColumn = spec.timeColumn();
      this.completeUntil = spec.completeUntil();
      this.expected = spec.expected();
      this.older = older;
      this.newer = newer;
    }

    @StartBundle
    public void startBundle() {
      tally = null;
    }

    @ProcessElement
    public void process(@Element KV<String, CoGbkResult> rows) {
      Tally own = tally;
      if (own == null) {
        own = new Tally(schema, newColumns, timeColumn, completeUntil, expected);
        tally = own;
      }
      own.add(
          rows.getKey(),
          first(rows.getValue().getAll(older)),
          first(rows.getValue().getAll(newer)));
    }

    /** A key stands for one row. */
    private static @Nullable ViewRow first(Iterable<ViewRow> rows) {
      Iterator<ViewRow> all = rows.iterator();
      return all.hasNext() ? all.next() : null;
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      if (tally != null) {
        context.output(tally.result(), Instant.EPOCH, GlobalWindow.INSTANCE);
      }
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
