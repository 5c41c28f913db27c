package org.kappabeam.runners.flink;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;

/** The next version of the fraud pilot: a new feature, and alerts from a larger amount on. */
public final class ChangedFraud implements Pilot {
  static final double LIMIT = 300.00;

  private static final ViewSchema SCORED = scored();

  /** The command line with this version. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(Kappa.execute(out, err, List.of(new ChangedFraud()), args));
  }

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
            new Rows(SCORED, changed("New feature", output.views().get(0).rows(), new AddEuros())),
            new Rows(
                FraudViews.ALERTS,
                changed("Changed rule", output.views().get(1).rows(), new RaiseLimit()))),
        output.deadLetters());
  }

  private static PCollection<Batch<ViewRow>> changed(
      String name,
      PCollection<Batch<ViewRow>> rows,
      SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> change) {
    return rows.apply(name, MapElements.via(change)).setCoder(BatchCoder.of(ViewRowCoder.of()));
  }

  private static int index(ViewSchema schema, String column) {
    return schema.columns().stream().map(Column::name).toList().indexOf(column);
  }

  private static final class AddEuros extends SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> {
    private static final int AMOUNT = index(FraudViews.SCORED_TRANSACTIONS, "amount_cents");

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

  private static final class RaiseLimit extends SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> {
    private static final int RULE = index(FraudViews.ALERTS, "rule");
    private static final int VALUE = index(FraudViews.ALERTS, "value");
    private static final int RULE_LIMIT = index(FraudViews.ALERTS, "rule_limit");

    @Override
    public Batch<ViewRow> apply(Batch<ViewRow> batch) {
      List<ViewRow> rows = new ArrayList<>();
      for (ViewRow row : batch.values()) {
        if (!"LARGE_AMOUNT".equals(row.value(RULE))) {
          rows.add(row);
        } else if ((Double) row.value(VALUE) > LIMIT) {
          List<Object> values = new ArrayList<>(row.values());
          values.set(RULE_LIMIT, LIMIT);
          // Such an alert is never withdrawn.
          rows.add(ViewRow.of(row.key(), row.evidence(), values.toArray()));
        }
      }
      return Batch.of(rows);
    }
  }
}
