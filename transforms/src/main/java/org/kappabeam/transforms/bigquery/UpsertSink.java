package org.kappabeam.transforms.bigquery;

import com.google.api.services.bigquery.model.TableRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryStorageApiInsertError;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation.MutationType;
import org.apache.beam.sdk.io.gcp.bigquery.WriteResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.view.Views;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows by Beam's {@link BigQueryIO} as changes of the table. Every row that comes in is
 * counted as written or refused; those that are refused, by us or by the service, come out.
 */
final class UpsertSink
    extends PTransform<PCollection<Batch<ViewRow>>, PCollection<Batch<ViewRow>>> {
  private static final long serialVersionUID = 1;
  private static final String PACKED = "row";
  private static final TupleTag<ViewRow> FITTING = new TupleTag<>() {};
  private static final TupleTag<Batch<ViewRow>> REFUSED = new TupleTag<>() {};

  private final Views views;
  private final ViewSchema schema;
  private final BigQueryAddress address;
  private final BigQueryAccess access;

  UpsertSink(Views views, ViewSchema schema, BigQueryAddress address, BigQueryAccess access) {
    this.views = views;
    this.schema = schema;
    this.address = address;
    this.access = access;
  }

  @Override
  public PCollection<Batch<ViewRow>> expand(PCollection<Batch<ViewRow>> batches) {
    TableColumns columns = new TableColumns(schema);
    String key = schema.keyColumn();
    PCollectionTuple checked =
        batches.apply(
            "Check",
            ParDo.of(new CheckFn(views, schema, address, access))
                .withOutputTags(FITTING, TupleTagList.of(REFUSED)));
    WriteResult result =
        checked
            .get(FITTING)
            .setCoder(ViewRowCoder.of())
            .apply(
                "Write",
                access.lead(
                    BigQueryIO.<ViewRow>write()
                        .to(address.table(views.table(schema)))
                        .withSchema(columns.tableSchema())
                        .withFormatFunction(columns::tableRow)
                        // Without it Beam 2.70 takes a refused change apart itself, fails on its
                        // change sequence, and loses the row.
                        .withFormatRecordOnFailureFunction(UpsertSink::packed)
                        .withRowMutationInformationFn(
                            row ->
                                RowMutationInformation.of(
                                    MutationType.UPSERT, TableColumns.changeSequence(row)))
                        .withMethod(BigQueryIO.Write.Method.STORAGE_API_AT_LEAST_ONCE)
                        .withCreateDisposition(BigQueryIO.Write.CreateDisposition.CREATE_NEVER)
                        .withWriteDisposition(BigQueryIO.Write.WriteDisposition.WRITE_APPEND)
                        // To count them, the key is enough.
                        .withPropagateSuccessfulStorageApiWrites(
                            (Predicate<String> & Serializable) key::equals)
                        .withoutValidation()));
    result.getSuccessfulStorageApiInserts().apply("Count", ParDo.of(new CountFn(schema.name())));
    PCollection<Batch<ViewRow>> failed =
        result
            .getFailedStorageApiInserts()
            .apply("Failed", ParDo.of(new FailedFn(schema)))
            .setCoder(BatchCoder.of(ViewRowCoder.of()));
    return PCollectionList.of(checked.get(REFUSED).setCoder(BatchCoder.of(ViewRowCoder.of())))
        .and(failed)
        .apply("Refused", Flatten.pCollections());
  }

  /** A row as Beam carries it along, in case the service refuses it. */
  private static TableRow packed(ViewRow row) {
    try {
      return new TableRow().set(PACKED, CoderUtils.encodeToBase64(ViewRowCoder.of(), row));
    } catch (CoderException e) {
      throw new IllegalStateException("a row that fits its schema has bytes", e);
    }
  }

  private static ViewRow unpacked(TableRow row) throws CoderException {
    return CoderUtils.decodeFromBase64(ViewRowCoder.of(), (String) row.get(PACKED));
  }

  /** Makes dead letters of refused rows. */
  private static final class Refusals implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(UpsertSink.class);

    private final ViewSchema schema;
    private final TableColumns columns;
    private final Counter refused;

    Refusals(ViewSchema schema) {
      this.schema = schema;
      this.columns = new TableColumns(schema);
      this.refused = Metrics.counter(schema.name(), "rows_refused");
    }

    ViewRow letter(ViewRow row, String detail) {
      refused.inc();
      LOG.warn("BigQuery refuses row {} of view {}: {}", row.key(), schema.name(), detail);
      return DeadLetterView.refused(
          schema.name(),
          row.key(),
          row.evidence() + "/" + row.fingerprint(),
          detail,
          TableColumns.bytes(columns.tableRow(row)));
    }
  }

  /** Sees that the table is there, and hands on what BigQuery can hold, row by row. */
  static final class CheckFn extends DoFn<Batch<ViewRow>, ViewRow> {
    private final Views views;
    private final ViewSchema schema;
    private final BigQueryAddress address;
    private final BigQueryAccess access;
    private final TableColumns columns;
    private final Refusals refusals;

    CheckFn(Views views, ViewSchema schema, BigQueryAddress address, BigQueryAccess access) {
      this.views = views;
      this.schema = schema;
      this.address = address;
      this.access = access;
      this.columns = new TableColumns(schema);
      this.refusals = new Refusals(schema);
    }

    @Setup
    public void setUp() {
      try (BigQueryViewStore store = new BigQueryViewStore(views, address, access)) {
        store.create(schema);
      }
    }

    @ProcessElement
    public void process(@Element Batch<ViewRow> batch, MultiOutputReceiver out) {
      OutputReceiver<ViewRow> fitting = out.get(FITTING);
      List<ViewRow> refused = new ArrayList<>();
      for (ViewRow row : batch.values()) {
        Optional<String> refusal = columns.refusal(row);
        if (refusal.isPresent()) {
          refused.add(refusals.letter(row, refusal.get()));
        } else {
          fitting.output(row);
        }
      }
      if (!refused.isEmpty()) {
        out.get(REFUSED).output(Batch.of(refused));
      }
    }
  }

  /** What the service has refused. */
  static final class FailedFn extends DoFn<BigQueryStorageApiInsertError, Batch<ViewRow>> {
    private final Refusals refusals;

    FailedFn(ViewSchema schema) {
      this.refusals = new Refusals(schema);
    }

    @ProcessElement
    public void process(
        @Element BigQueryStorageApiInsertError error, OutputReceiver<Batch<ViewRow>> out)
        throws CoderException {
      out.output(
          Batch.of(
              List.of(
                  refusals.letter(
                      unpacked(error.getRow()), String.valueOf(error.getErrorMessage())))));
    }
  }

  /** Counts what the service has taken. */
  static final class CountFn extends DoFn<TableRow, Void> {
    private final Counter written;
    private transient long count;

    CountFn(String view) {
      this.written = Metrics.counter(view, "rows_written");
    }

    @StartBundle
    public void startBundle() {
      count = 0;
    }

    @ProcessElement
    public void process() {
      count++;
    }

    @FinishBundle
    public void finishBundle() {
      written.inc(count);
    }
  }
}
