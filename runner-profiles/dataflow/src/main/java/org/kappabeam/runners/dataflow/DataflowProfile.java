package org.kappabeam.runners.dataflow;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.runners.dataflow.DataflowJobAlreadyExistsException;
import org.apache.beam.runners.dataflow.DataflowJobAlreadyUpdatedException;
import org.apache.beam.runners.dataflow.DataflowPipelineJob;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;

/**
 * Google Cloud Dataflow: workers without public addresses, under a service account and in a network
 * that somebody has named, and as many of them as somebody has allowed. A live job goes on when the
 * process that has started it ends.
 */
public final class DataflowProfile implements RunnerProfile {

  @Override
  public String name() {
    return "dataflow";
  }

  @Override
  public String runner() {
    return "DataflowRunner";
  }

  @Override
  public Map<String, String> defaults(Launch launch) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("streaming", Boolean.toString(!launch.bounded()));
    defaults.put("usePublicIps", "false");
    defaults.put("autoscalingAlgorithm", "THROUGHPUT_BASED");
    // What a job may cost at most; Beam's own default leaves that to the service.
    defaults.put("maxNumWorkers", "4");
    defaults.put("workerMachineType", "n2-standard-2");
    // What .mvn/java.args opens, without Spark's share.
    defaults.put(
        "jdkAddOpenModules",
        "java.base/java.lang=ALL-UNNAMED,java.base/java.util=ALL-UNNAMED,"
            + "java.base/java.time=ALL-UNNAMED,java.base/java.nio=ALL-UNNAMED");
    defaults.put("labels", "{\"app\":\"kappa\"}");
    if (!launch.bounded()) {
      // State and shuffle in the service: workers hold nothing that would be lost or rebalanced.
      defaults.put("enableStreamingEngine", "true");
      // An element is a batch of hundreds of events, and a bundle is one commit of limited size:
      // Beam's 10,000 elements would not fit.
      defaults.put("unboundedReaderMaxElements", "100");
    }
    return defaults;
  }

  @Override
  public void check(PipelineOptions options) {
    Launching.check(options);
  }

  @Override
  public Optional<String> template(PipelineOptions options) {
    return Launching.template(options.as(DataflowPipelineOptions.class));
  }

  @Override
  public PipelineResult start(Pipeline pipeline, Path scratch) {
    DataflowPipelineOptions options = pipeline.getOptions().as(DataflowPipelineOptions.class);
    PipelineResult job;
    try {
      job = pipeline.run();
    } catch (DataflowJobAlreadyExistsException | DataflowJobAlreadyUpdatedException e) {
      throw new KappaException(
          "Dataflow has another job of that name (" + e.getMessage() + ")",
          "drain it, replace it with --update, or give this one another --jobName",
          e);
    } catch (RuntimeException e) {
      throw new KappaException(
          "Dataflow did not take the job (" + e.getMessage() + ")",
          "see that project, region, service account, network and buckets are there and you may use"
              + " them",
          e);
    }
    return template(options).isPresent() ? job : new WatchedJob((DataflowPipelineJob) job, options);
  }

  @Override
  public List<String> directions(PipelineResult job) {
    return job instanceof WatchedJob watched ? watched.directions() : List.of();
  }

  @Override
  public boolean outlivesUs(PipelineResult job) {
    return job instanceof WatchedJob watched && watched.isLive();
  }

  @Override
  public void goOffline(PipelineOptions options, Path scratch) {
    JobGraph.goOffline(options.as(DataflowPipelineOptions.class), scratch);
  }

  @Override
  public List<String> describe(Pipeline pipeline, Path scratch) {
    return JobGraph.of(pipeline).lines();
  }
}
