package org.kappabeam.pipelines.fraud;

import java.util.List;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;

/** {@code kappa run fraud}: scored transactions and alerts. */
public final class FraudPilot implements Pilot {

  @Override
  public String name() {
    return "fraud";
  }

  @Override
  public List<ViewSchema> views() {
    return List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS);
  }

  @Override
  public Output build(PCollection<LogBatch> records, KappaOptions options) {
    FraudFeatures features =
        FraudFeatures.of(Pilot.timeRule(options), options.getMaxRecordBytes(), options.getShards())
            .reading(Pilot.logFormat(options, FraudFeatures.eventTypes()));
    PCollectionTuple results = records.apply("Fraud", features);
    PCollection<Batch<ScoredTransaction>> scored = results.get(features.scored());
    return new Output(
        List.of(
            new Rows(
                FraudViews.SCORED_TRANSACTIONS,
                scored.apply("Scored transactions", FraudViews.scoredTransactions())),
            new Rows(FraudViews.ALERTS, scored.apply("Alert rules", FraudViews.alerts()))),
        results.get(features.deadLetters()));
  }
}
