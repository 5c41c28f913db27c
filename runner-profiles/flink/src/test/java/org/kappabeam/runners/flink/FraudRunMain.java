package org.kappabeam.runners.flink;

import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.transforms.log.Logs;

/** The fraud pilot in a process of its own, to be killed. */
final class FraudRunMain {
  private FraudRunMain() {}

  public static void main(String[] args) {
    KappaOptions options =
        PipelineOptionsFactory.fromArgs(args).withValidation().as(KappaOptions.class);
    KappaPipeline.plan(new FraudPilot(), options, Logs.open(options.getLog(), Map.of()))
        .build()
        .run()
        .waitUntilFinish();
  }
}
