package org.kappabeam.transforms.bigquery;

import com.google.api.core.ApiFuture;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.cloud.bigquery.storage.v1.AppendRowsRequest.MissingValueInterpretation;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.cloud.bigquery.storage.v1.TableSchema;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StreamAppendClient;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.apache.beam.sdk.io.gcp.bigquery.StorageApiCDC;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.io.gcp.testing.FakeJobService;
import org.kappabeam.coders.view.ViewRow;

/**
 * Beam's own fakes of BigQuery, in this JVM, with what they lack: change sequence numbers of
 * several sections, compared section by section as Google documents it, and definitions that
 * change.
 */
public final class FakeBigQuery implements BigQueryAccess {
  static final String PROJECT = "fake-project";

  /** Held around everything that is asked of the fakes. */
  static final Object LOCK = new Object();

  private static final long serialVersionUID = 1;
  private static final int SECTION = 16;
  private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

  /** The change of each key that is the highest so far, by default stream. */
  private static final Map<String, Map<String, Change>> HIGHEST = new HashMap<>();

  private static int datasets;
  private static long changed;

  static {
    FakeDatasetService.setUp();
  }

  /** The view URI of an empty dataset. */
  public static String newDataset() {
    synchronized (LOCK) {
      String dataset = "dataset_" + ++datasets;
      try {
        new FakeDatasetService().createDataset(PROJECT, dataset, "", "", null);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return "bigquery-fake://" + PROJECT + "/" + dataset;
    }
  }

  /** From now on the service refuses rows in which any value is this text. */
  static void refuse(String text) {
    REFUSED.add(text);
  }

  @Override
  public BigQueryTables tables() {
    return new FakeTables();
  }

  @Override
  public WriteStreamService streams() {
    return new Streams();
  }

  @Override
  public BigQueryIO.Write<ViewRow> lead(BigQueryIO.Write<ViewRow> write) {
    return write.withTestServices(
        new FakeBigQueryServices()
            .withDatasetService(new Streams())
            .withJobService(new FakeJobService()));
  }

  /** A row as it was appended: Beam's fake keeps numbers and times as text, and not exactly. */
  record Change(String sequence, DynamicMessage row) {}

  /** The rows of a table by key. */
  static Map<String, Change> changes(TableReference table) {
    return HIGHEST.computeIfAbsent(
        "projects/%s/datasets/%s/tables/%s/streams/_default"
            .formatted(table.getProjectId(), table.getDatasetId(), table.getTableId()),
        stream -> new HashMap<>());
  }

  /** Beam's fake, behind {@link Client}. */
  @SuppressWarnings("try") // Beam's close() may throw anything.
  private static final class Streams extends FakeDatasetService {
    private static final long serialVersionUID = 1;

    Streams() {
      setShouldFailRow((Function<TableRow, Boolean> & Serializable) Streams::isRefused);
    }

    private static boolean isRefused(TableRow row) {
      return row.values().stream().anyMatch(value -> REFUSED.contains(String.valueOf(value)));
    }

    @Override
    public StreamAppendClient getStreamAppendClient(
        String stream,
        DescriptorProto descriptor,
        boolean pooled,
        MissingValueInterpretation missing)
        throws Exception {
      return new Client(
          super.getStreamAppendClient(stream, descriptor, pooled, missing), stream, descriptor);
    }
  }

  /**
   * Decides which change of a key is the highest so far, and tells Beam's fake by a number of one
   * section, the only kind it understands.
   */
  @SuppressWarnings("try") // Beam's close() may throw anything.
  private static final class Client implements StreamAppendClient {
    private final StreamAppendClient fake;
    private final String stream;
    private final Descriptor descriptor;
    private final FieldDescriptor key;
    private final FieldDescriptor sequence;

    Client(StreamAppendClient fake, String stream, DescriptorProto descriptor) throws Exception {
      this.fake = fake;
      this.stream = stream;
      this.descriptor = TableRowToStorageApiProto.wrapDescriptorProto(descriptor);
      this.key = this.descriptor.getFields().get(0);
      this.sequence = this.descriptor.findFieldByName(StorageApiCDC.CHANGE_SQN_COLUMN);
    }

    @Override
    public ApiFuture<AppendRowsResponse> appendRows(long offset, ProtoRows rows) throws Exception {
      synchronized (LOCK) {
        Map<String, Change> before = HIGHEST.computeIfAbsent(stream, s -> new HashMap<>());
        Map<String, Change> after = new HashMap<>();
        ProtoRows.Builder decided = ProtoRows.newBuilder();
        for (ByteString row : rows.getSerializedRowsList()) {
          DynamicMessage message = DynamicMessage.parseFrom(descriptor, row);
          String id = (String) message.getField(key);
          String here = comparable((String) message.getField(sequence));
          Change highest = after.getOrDefault(id, before.get(id));
          boolean higher = highest == null || here.compareTo(highest.sequence()) > 0;
          if (higher) {
            after.put(id, new Change(here, message));
          }
          String number = higher ? Long.toHexString(++changed) : "0";
          decided.addSerializedRows(
              message.toBuilder().setField(sequence, number).build().toByteString());
        }
        ApiFuture<AppendRowsResponse> result = fake.appendRows(offset, decided.build());
        try {
          result.get();
          before.putAll(after);
        } catch (ExecutionException e) {
          // Nothing of it was appended; the caller hears of it by the future.
          return result;
        }
        return result;
      }
    }

    private static String comparable(String sequence) {
      return Arrays.stream(sequence.split("/", -1))
          .map(section -> "0".repeat(SECTION - section.length()) + section)
          .collect(Collectors.joining("/"));
    }

    @Override
    public TableSchema getUpdatedSchema() {
      return fake.getUpdatedSchema();
    }

    @Override
    public void pin() {
      fake.pin();
    }

    @Override
    public void unpin() throws Exception {
      fake.unpin();
    }

    @Override
    public void close() throws Exception {
      fake.close();
    }
  }
}
