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

/**
 * A version of the fraud pilot that keeps one view more and goes on from the state of the old one.
 */
public final class UpgradedFraud implements Pilot {
  static final ViewSchema LARGE_PAYMENTS =
      ViewSchema.named("large_payments", "transaction_id")
          .column("amount_cents", ColumnType.LONG)
          .build();

  private static final long LIMIT_CENTS = 15_000;

  /** The command line with this version. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(Kappa.execute(out, err, List.of(new UpgradedFraud()), args));
  }

  @Override
  public String name() {
    return "fraud";
  }

  @Override
  public List<ViewSchema> views() {
    return List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS, LARGE_PAYMENTS);
  }

  @Override
  public Output build(PCollection<LogBatch> records, KappaOptions options) {
    Output output = new FraudPilot().build(records, options);
    List<Rows> views = new ArrayList<>(output.views());
    PCollection<Batch<ViewRow>> large =
        views
            .get(0)
            .rows()
            .apply("Large payments", MapElements.via(new Large()))
            .setCoder(BatchCoder.of(ViewRowCoder.of()));
    views.add(new Rows(LARGE_PAYMENTS, large));
    return new Output(views, output.deadLetters());
  }

  private static final class Large extends SimpleFunction<Batch<ViewRow>, Batch<ViewRow>> {
    private static final int AMOUNT =
        FraudViews.SCORED_TRANSACTIONS.columns().stream()
            .map(Column::name)
            .toList()
            .indexOf("amount_cents");

    @Override
    public Batch<ViewRow> apply(Batch<ViewRow> batch) {
      List<ViewRow> rows = new ArrayList<>();
      for (ViewRow row : batch.values()) {
        if ((Long) row.value(AMOUNT) > LIMIT_CENTS) {
          rows.add(ViewRow.of(row.key(), row.evidence(), row.value(AMOUNT)));
        }
      }
      return Batch.of(rows);
    }
  }
}
