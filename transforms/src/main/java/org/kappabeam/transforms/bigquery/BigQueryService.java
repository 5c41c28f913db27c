package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.BigqueryScopes;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServicesImpl;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;

/** Google's service, with the application default credentials. */
final class BigQueryService implements BigQueryAccess {
  private static final long serialVersionUID = 1;

  /** Longer than the service waits before it answers that a query is still running. */
  private static final int TIMEOUT_MILLIS = 90_000;

  @Override
  public BigQueryTables tables() {
    try {
      HttpCredentialsAdapter credentials =
          new HttpCredentialsAdapter(
              GoogleCredentials.getApplicationDefault().createScoped(BigqueryScopes.BIGQUERY));
      return new RestTables(
          new Bigquery.Builder(
                  Transport.getTransport(),
                  Transport.getJsonFactory(),
                  request -> {
                    credentials.initialize(request);
                    request.setReadTimeout(TIMEOUT_MILLIS);
                  })
              .setApplicationName("kappa-on-beam")
              .build());
    } catch (IOException e) {
      throw new KappaException(
          "there are no Google credentials for BigQuery",
          "run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS",
          e);
    }
  }

  @Override
  public WriteStreamService streams() {
    return new BigQueryServicesImpl()
        .getWriteStreamService(PipelineOptionsFactory.as(BigQueryOptions.class));
  }

  @Override
  public BigQueryIO.Write<ViewRow> lead(BigQueryIO.Write<ViewRow> write) {
    return write;
  }
}
