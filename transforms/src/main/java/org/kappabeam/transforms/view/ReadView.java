package org.kappabeam.transforms.view;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/**
 * Reads the rows of a view that are not withdrawn, ranges of keys in parallel. Each range is read
 * in one snapshot, if the store has snapshots; a view that is being written may change between
 * ranges.
 */
@AutoValue
public abstract class ReadView extends PTransform<PBegin, PCollection<ViewRow>> {
  /** Enough for the workers of a large job, and small beside the cost of opening a connection. */
  private static final int DEFAULT_RANGES = 16;

  abstract Views views();

  abstract ViewSchema schema();

  abstract int maxRanges();

  public static ReadView of(Views views, ViewSchema schema) {
    return new AutoValue_ReadView(views, schema, DEFAULT_RANGES);
  }

  /** Reads in at most this many ranges. */
  public ReadView withRanges(int ranges) {
    return new AutoValue_ReadView(views(), schema(), ranges);
  }

  @Override
  public PCollection<ViewRow> expand(PBegin begin) {
    int ranges = maxRanges();
    return begin
        .apply("Ranges", ViewRanges.of(views(), schema(), store -> ranges))
        .apply("Read", ParDo.of(new ReadFn(views(), schema())))
        .setCoder(ViewRowCoder.of());
  }

  static final class ReadFn extends DoFn<KeyRange, ViewRow> {
    private final Views views;
    private final ViewSchema schema;

    ReadFn(Views views, ViewSchema schema) {
      this.views = views;
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element KeyRange range, OutputReceiver<ViewRow> out) {
      try (ViewStore store = views.open()) {
        store.scan(schema, range, false, out::output);
      }
    }
  }
}
