package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.model.TableReference;
import com.google.cloud.bigquery.storage.v1.AppendRowsRequest.MissingValueInterpretation;
import com.google.cloud.bigquery.storage.v1.Exceptions.AppendSerializationError;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.cloud.bigquery.storage.v1.TableSchema;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StreamAppendClient;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation.MutationType;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto.SchemaInformation;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/** Rows outside a pipeline: appended as changes, as Beam's sink does it, to the default stream. */
final class Changes {
  /** Bytes in one request; the service takes 10 MB. */
  private static final int MAX_BYTES = 1 << 20;

  private final ViewSchema schema;
  private final TableColumns columns;
  private final Descriptor descriptor;
  private final SchemaInformation information;

  Changes(ViewSchema schema) {
    this.schema = schema;
    this.columns = new TableColumns(schema);
    TableSchema proto = TableRowToStorageApiProto.schemaToProtoTableSchema(columns.tableSchema());
    this.information = SchemaInformation.fromTableSchema(proto);
    try {
      this.descriptor = TableRowToStorageApiProto.getDescriptorFromTableSchema(proto, true, true);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException("the columns of view " + schema.name(), e);
    }
  }

  /** The rows in requests; throws a {@link KappaException} if one does not fit. */
  List<ProtoRows> requests(List<ViewRow> rows) {
    List<ProtoRows> requests = new ArrayList<>();
    ProtoRows.Builder request = ProtoRows.newBuilder();
    int bytes = 0;
    for (ViewRow row : rows) {
      columns
          .refusal(row)
          .ifPresent(
              refusal -> {
                throw new KappaException(
                    "BigQuery cannot hold a row of view " + schema.name() + ", " + refusal,
                    "refuse such values with a quality rule of the event type");
              });
      ByteString message = message(row).toByteString();
      if (bytes > 0 && bytes + message.size() > MAX_BYTES) {
        requests.add(request.build());
        request.clear();
        bytes = 0;
      }
      request.addSerializedRows(message);
      bytes += message.size();
    }
    requests.add(request.build());
    return requests;
  }

  private DynamicMessage message(ViewRow row) {
    try {
      return TableRowToStorageApiProto.messageFromTableRow(
          information,
          descriptor,
          columns.tableRow(row),
          false,
          false,
          null,
          MutationType.UPSERT.name(),
          TableColumns.changeSequence(row));
    } catch (Exception e) {
      // Its own type is hidden.
      throw new KappaException(
          "a row of view " + schema.name() + " is none of its table, " + e.getMessage(),
          "see the cause",
          e);
    }
  }

  /** Appends; returns when the service has taken all. */
  @SuppressWarnings("try") // Closing may be interrupted as well as the rest.
  void append(WriteStreamService service, TableReference table, List<ProtoRows> requests)
      throws IOException {
    String stream =
        "projects/%s/datasets/%s/tables/%s/streams/_default"
            .formatted(table.getProjectId(), table.getDatasetId(), table.getTableId());
    try (StreamAppendClient client =
        service.getStreamAppendClient(
            stream,
            descriptor.toProto(),
            false,
            MissingValueInterpretation.MISSING_VALUE_INTERPRETATION_UNSPECIFIED)) {
      // The default stream has no offsets.
      for (ProtoRows request : requests) {
        client.appendRows(-1, request).get();
      }
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KappaException("interrupted while writing to BigQuery", "run it again", e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw failure(e);
    }
  }

  private IOException failure(Throwable cause) {
    if (cause instanceof AppendSerializationError refused) {
      throw new KappaException(
          "BigQuery refuses rows of view "
              + schema.name()
              + ", the first says "
              + refused.getRowIndexToErrorMessage().values().iterator().next(),
          "refuse such values with a quality rule of the event type",
          refused);
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }
}
