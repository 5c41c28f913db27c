package org.kappabeam.runners.spark;

import java.util.List;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;

/** The fraud pilot with a step that fails on a worker, and says why. */
final class FailingFraud implements Pilot {
  static final String PROBLEM = "the disk of this worker is full";

  @Override
  public String name() {
    return "fraud";
  }

  @Override
  public List<ViewSchema> views() {
    return new FraudPilot().views();
  }

  @Override
  public Output build(PCollection<LogBatch> records, KappaOptions options) {
    return new FraudPilot()
        .build(
            records.apply("Fail", MapElements.via(new Fail())).setCoder(LogBatchCoder.of()),
            options);
  }

  private static final class Fail extends SimpleFunction<LogBatch, LogBatch> {
    @Override
    public LogBatch apply(LogBatch batch) {
      throw new KappaException(PROBLEM, "make room");
    }
  }
}
