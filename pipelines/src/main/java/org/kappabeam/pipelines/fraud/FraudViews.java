package org.kappabeam.pipelines.fraud;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableBiConsumer;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/** The views of the fraud pilot, and how a scored transaction becomes their rows. */
public final class FraudViews {
  /** One row per transaction: the handbook's fifteen features. */
  public static final ViewSchema SCORED_TRANSACTIONS =
      ViewSchema.named("scored_transactions", "transaction_id")
          .column("event_time", ColumnType.TIMESTAMP)
          .column("customer_id", ColumnType.TEXT)
          .column("terminal_id", ColumnType.TEXT)
          .column("amount_cents", ColumnType.LONG)
          .column("during_weekend", ColumnType.BOOLEAN)
          .column("during_night", ColumnType.BOOLEAN)
          .column("customer_count_1d", ColumnType.LONG)
          .column("customer_mean_1d", ColumnType.DOUBLE)
          .column("customer_count_7d", ColumnType.LONG)
          .column("customer_mean_7d", ColumnType.DOUBLE)
          .column("customer_count_30d", ColumnType.LONG)
          .column("customer_mean_30d", ColumnType.DOUBLE)
          .column("terminal_count_1d", ColumnType.LONG)
          .column("terminal_risk_1d", ColumnType.DOUBLE)
          .column("terminal_count_7d", ColumnType.LONG)
          .column("terminal_risk_7d", ColumnType.DOUBLE)
          .column("terminal_count_30d", ColumnType.LONG)
          .column("terminal_risk_30d", ColumnType.DOUBLE)
          .build();

  /**
   * One row per transaction and rule that fired. A withdrawn row is an alert the present evidence
   * does not support, whether or not it was ever shown.
   */
  public static final ViewSchema ALERTS =
      ViewSchema.named("alerts", "alert_id")
          .column("transaction_id", ColumnType.TEXT)
          .column("rule", ColumnType.TEXT)
          .column("status", ColumnType.TEXT)
          .column("event_time", ColumnType.TIMESTAMP)
          .column("customer_id", ColumnType.TEXT)
          .column("terminal_id", ColumnType.TEXT)
          .column("amount_cents", ColumnType.LONG)
          .column("value", ColumnType.DOUBLE)
          .column("rule_limit", ColumnType.DOUBLE)
          .column("reason", ColumnType.TEXT)
          .build();

  private static final AlertRule[] RULES = AlertRule.values();

  private FraudViews() {}

  /** Batches of scored transactions as rows of {@link #SCORED_TRANSACTIONS}. */
  public static PTransform<PCollection<Batch<ScoredTransaction>>, PCollection<Batch<ViewRow>>>
      scoredTransactions() {
    return new ToRows((row, rows) -> rows.add(scored(row)));
  }

  /** Batches of scored transactions as rows of {@link #ALERTS}. */
  public static PTransform<PCollection<Batch<ScoredTransaction>>, PCollection<Batch<ViewRow>>>
      alerts() {
    return new ToRows(FraudViews::addAlerts);
  }

  static ViewRow scored(ScoredTransaction row) {
    Spending s = row.spending();
    Transaction t = s.transaction();
    return ViewRow.of(
        t.id(),
        row.evidence(),
        micros(t.eventTime()),
        t.customerId(),
        t.terminalId(),
        t.amountCents(),
        row.duringWeekend(),
        row.duringNight(),
        s.count1d(),
        ScoredTransaction.mean(s.cents1d(), s.count1d()),
        s.count7d(),
        ScoredTransaction.mean(s.cents7d(), s.count7d()),
        s.count30d(),
        ScoredTransaction.mean(s.cents30d(), s.count30d()),
        row.terminalCount1d(),
        ScoredTransaction.risk(row.terminalFrauds1d(), row.terminalCount1d()),
        row.terminalCount7d(),
        ScoredTransaction.risk(row.terminalFrauds7d(), row.terminalCount7d()),
        row.terminalCount30d(),
        ScoredTransaction.risk(row.terminalFrauds30d(), row.terminalCount30d()));
  }

  static void addAlerts(ScoredTransaction row, List<ViewRow> rows) {
    for (AlertRule rule : RULES) {
      AlertRule.Verdict verdict = rule.verdict(row);
      if (verdict == AlertRule.Verdict.SILENT) {
        continue;
      }
      boolean fired = verdict == AlertRule.Verdict.FIRED;
      Transaction t = row.spending().transaction();
      String key = t.id() + "/" + rule.name();
      Object[] values = {
        t.id(),
        rule.name(),
        fired ? "ACTIVE" : "WITHDRAWN",
        micros(t.eventTime()),
        t.customerId(),
        t.terminalId(),
        t.amountCents(),
        rule.value(row),
        rule.limit(),
        fired ? rule.reason(row) : "not supported by the present evidence"
      };
      rows.add(
          fired
              ? ViewRow.of(key, row.evidence(), values)
              : ViewRow.withdrawn(key, row.evidence(), values));
    }
  }

  private static long micros(long millis) {
    return Math.multiplyExact(millis, 1000L);
  }

  /** Turns each scored transaction of a batch into rows. */
  private static final class ToRows
      extends PTransform<PCollection<Batch<ScoredTransaction>>, PCollection<Batch<ViewRow>>> {
    private final SerializableBiConsumer<ScoredTransaction, List<ViewRow>> mapping;

    ToRows(SerializableBiConsumer<ScoredTransaction, List<ViewRow>> mapping) {
      this.mapping = mapping;
    }

    @Override
    public PCollection<Batch<ViewRow>> expand(PCollection<Batch<ScoredTransaction>> batches) {
      return batches
          .apply("To rows", ParDo.of(new ToRowsFn(mapping)))
          .setCoder(BatchCoder.of(ViewRowCoder.of()));
    }
  }

  private static final class ToRowsFn extends DoFn<Batch<ScoredTransaction>, Batch<ViewRow>> {
    private final SerializableBiConsumer<ScoredTransaction, List<ViewRow>> mapping;

    ToRowsFn(SerializableBiConsumer<ScoredTransaction, List<ViewRow>> mapping) {
      this.mapping = mapping;
    }

    @ProcessElement
    public void process(
        @Element Batch<ScoredTransaction> batch, OutputReceiver<Batch<ViewRow>> out) {
      List<ViewRow> rows = new ArrayList<>(batch.size());
      for (ScoredTransaction row : batch.values()) {
        mapping.accept(row, rows);
      }
      if (!rows.isEmpty()) {
        out.output(Batch.of(rows));
      }
    }
  }
}
