package org.kappabeam.transforms.bigquery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.Views;
import org.kappabeam.transforms.view.WriteView;

/** The graph for the service itself, which is built without asking it anything; it is not run. */
class BigQueryGraphTest {
  private static final ViewSchema SCHEMA =
      ViewSchema.named("small", "id").column("amount", ColumnType.LONG).build();

  private static final class OneRow extends SimpleFunction<Long, Batch<ViewRow>> {
    @Override
    public Batch<ViewRow> apply(Long number) {
      return Batch.of(List.of(ViewRow.of("k" + number, 1, number)));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aGraphIsBuiltForALiveLogAsForASlice(boolean live) {
    GenerateSequence numbers = GenerateSequence.from(0);
    PCollection<Batch<ViewRow>> refused =
        Pipeline.create(PipelineOptionsFactory.create())
            .apply(live ? numbers : numbers.to(9))
            .apply(MapElements.via(new OneRow()))
            .setCoder(BatchCoder.of(ViewRowCoder.of()))
            .apply(WriteView.of(Views.at("bigquery://my-project/views", 1), SCHEMA))
            .get(0);
    assertThat(refused.isBounded(), is(live ? IsBounded.UNBOUNDED : IsBounded.BOUNDED));
  }
}
