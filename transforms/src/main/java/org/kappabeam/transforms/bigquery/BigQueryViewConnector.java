package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.model.TableSchema;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Views in BigQuery; see {@link BigQueryAddress} for the URI. */
public final class BigQueryViewConnector implements ViewConnector {
  /** The columns of a view's tables, for whoever creates them in our place. */
  public static TableSchema tableSchema(ViewSchema schema) {
    return new TableColumns(schema).tableSchema();
  }

  @Override
  public String scheme() {
    return "bigquery";
  }

  @Override
  public String example() {
    return BigQueryAddress.EXAMPLE;
  }

  @Override
  public void check(String uri) {
    BigQueryAddress.parse(uri);
  }

  @Override
  public ViewStore open(Views views) {
    return new BigQueryViewStore(views, BigQueryAddress.parse(views.uri()), new BigQueryService());
  }

  @Override
  public Optional<PTransform<PCollection<Batch<ViewRow>>, PCollection<Batch<ViewRow>>>> sink(
      Views views, ViewSchema schema) {
    return Optional.of(
        new UpsertSink(views, schema, BigQueryAddress.parse(views.uri()), new BigQueryService()));
  }
}
