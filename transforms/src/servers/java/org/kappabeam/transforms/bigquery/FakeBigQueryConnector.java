package org.kappabeam.transforms.bigquery;

import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** The same as {@link BigQueryViewConnector}, with {@link FakeBigQuery} behind it. */
public final class FakeBigQueryConnector implements ViewConnector {
  private static final String SCHEME = "bigquery-fake";

  @Override
  public String scheme() {
    return SCHEME;
  }

  /** That of the real one: no user should read of a fake. */
  @Override
  public String example() {
    return BigQueryAddress.EXAMPLE;
  }

  @Override
  public void check(String uri) {
    address(uri);
  }

  @Override
  public ViewStore open(Views views) {
    return new BigQueryViewStore(views, address(views.uri()), new FakeBigQuery());
  }

  @Override
  public Optional<PTransform<PCollection<Batch<ViewRow>>, PCollection<Batch<ViewRow>>>> sink(
      Views views, ViewSchema schema) {
    return Optional.of(new UpsertSink(views, schema, address(views.uri()), new FakeBigQuery()));
  }

  static BigQueryAddress address(String uri) {
    return BigQueryAddress.parse("bigquery" + uri.substring(SCHEME.length()));
  }
}
