package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;

/** The fraud pilot with a new column, and without the alerts for large amounts. */
public final class ChangedFraudPilot implements Pilot {
  private static final int AMOUNT =
      FraudViews.SCORED_TRANSACTIONS.columns().stream()
          .map(Column::name)
          .toList()
          .indexOf("amount_cents");
  private static final int RULE =
      FraudViews.ALERTS.columns().stream().map(Column::name).toList().indexOf("rule");
  private static final ViewSchema SCORED = scored();

  private static ViewSchema scored() {
    ViewSchema.Builder schema = ViewSchema.named("scored_transactions", "transaction_id");
    FraudViews.SCORED_TRANSACTIONS
        .columns()
        .forEach(column -> schema.column(column.name(), column.type()));
    return schema.column("amount_euros", ColumnType.DOUBLE).build();
  }

  @Override
  public String name() {
    return "fraud";
  }

  @Override
  public List<ViewSchema> views() {
    return List.of(SCORED, FraudViews.ALERTS);
  }

  @Override
  public Output build(PCollection<LogBatch> records, KappaOptions options) {
    Output output = new FraudPilot().build(records, options);
    return new Output(
        List.of(
            new Rows(SCORED, changed("New column", output.views().get(0).rows(), new AddEuros())),
            new Rows(
                FraudViews.ALERTS,
                changed("Less alerts", output.views().get(1).rows(), new DropLargeAmounts()))),
        output.deadLetters());
  }

  private static PCollection<Batch<ViewRow>> changed(
      String name,
      PCollection<Batch<ViewRow>> rows,
      SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> change) {
    return rows.apply(name, MapElements.via(change)).setCoder(BatchCoder.of(ViewRowCoder.of()));
  }

  private static final class AddEuros extends SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> {
    @Override
    public Batch<ViewRow> apply(Batch<ViewRow> batch) {
      List<ViewRow> rows = new ArrayList<>();
      for (ViewRow row : batch.values()) {
        List<Object> values = new ArrayList<>(row.values());
        values.add((Long) row.value(AMOUNT) / 100.0);
        rows.add(ViewRow.of(row.key(), row.evidence(), values.toArray()));
      }
      return Batch.of(rows);
    }
  }

  private static final class DropLargeAmounts
      extends SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> {
    @Override
    public Batch<ViewRow> apply(Batch<ViewRow> batch) {
      return Batch.of(
          batch.values().stream().filter(row -> !"LARGE_AMOUNT".equals(row.value(RULE))).toList());
    }
  }
}
