package org.kappabeam.transforms.view;

import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.view.ViewSchema;

/** The keys of a view as ranges that are spread over the workers. */
public final class ViewRanges extends PTransform<PBegin, PCollection<KeyRange>> {
  private final Views views;
  private final ViewSchema schema;
  private final SerializableFunction<ViewStore, Integer> howMany;

  private ViewRanges(
      Views views, ViewSchema schema, SerializableFunction<ViewStore, Integer> howMany) {
    this.views = views;
    this.schema = schema;
    this.howMany = howMany;
  }

  /**
   * Ranges of about the same number of rows.
   *
   * @param howMany at most, asked when the pipeline runs
   */
  public static ViewRanges of(
      Views views, ViewSchema schema, SerializableFunction<ViewStore, Integer> howMany) {
    return new ViewRanges(views, schema, howMany);
  }

  @Override
  public PCollection<KeyRange> expand(PBegin begin) {
    return begin
        .apply("Start", Create.of(schema.name()))
        .apply("Cut", ParDo.of(new CutFn(views, schema, howMany)))
        .setCoder(KeyRangeCoder.of())
        .apply("Spread", Reshuffle.viaRandomKey());
  }

  private static final class CutFn extends DoFn<String, KeyRange> {
    private final Views views;
    private final ViewSchema schema;
    private final SerializableFunction<ViewStore, Integer> howMany;

    CutFn(Views views, ViewSchema schema, SerializableFunction<ViewStore, Integer> howMany) {
      this.views = views;
      this.schema = schema;
      this.howMany = howMany;
    }

    @ProcessElement
    public void process(OutputReceiver<KeyRange> out) {
      try (ViewStore store = views.open()) {
        store.ranges(schema, howMany.apply(store)).forEach(out::output);
      }
    }
  }
}
