package org.kappabeam.transforms.bigquery;

import java.io.Serializable;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.kappabeam.coders.view.ViewRow;

/** The ways to the service; travels with the pipeline. */
interface BigQueryAccess extends Serializable {

  /** Definitions of tables, and queries. */
  BigQueryTables tables();

  /** Appending to tables, by Beam's own client. */
  WriteStreamService streams();

  /** Beam's sink, led to the service. */
  BigQueryIO.Write<ViewRow> lead(BigQueryIO.Write<ViewRow> write);
}
