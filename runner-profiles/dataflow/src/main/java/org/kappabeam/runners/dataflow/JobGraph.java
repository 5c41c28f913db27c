package org.kappabeam.runners.dataflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.kappabeam.coders.KappaException;

/**
 * A job as the service would be given it.
 *
 * @param job the JSON of the request
 */
record JobGraph(JsonNode job) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A step of a job.
   *
   * @param name as the transform is called; what an update recognises it by
   */
  record Step(String kind, String name) {}

  /**
   * Sets options so that a pipeline with them is written to a file, with nobody asked or told.
   *
   * @param scratch where files may be written
   */
  static void goOffline(DataflowPipelineOptions options, Path scratch) {
    try {
      // In the place of the program's own jars, which would be copied.
      Path nothing = Files.createFile(scratch.resolve("nothing.jar"));
      options.setFilesToStage(List.of(nothing.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    options.setTemplateLocation(scratch.resolve("job.json").toAbsolutePath().toString());
    options.setStagingLocation(scratch.resolve("staging").toString());
    options.setGcpTempLocation(options.getTempLocation());
    options.setPathValidatorClass(NoopPathValidator.class);
    options.setCredentialFactoryClass(NoopCredentialFactory.class);
  }

  /**
   * What becomes of a pipeline whose options are {@linkplain #goOffline offline}.
   *
   * @param pipeline is changed; of no use afterwards
   */
  static JobGraph of(Pipeline pipeline) {
    try {
      pipeline.run();
      return read(
          Path.of(pipeline.getOptions().as(DataflowPipelineOptions.class).getTemplateLocation()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new KappaException(
          "Dataflow's job cannot be built (" + e.getMessage() + ")", "correct the options", e);
    }
  }

  /** A job that was written down. */
  static JobGraph read(Path file) throws IOException {
    return new JobGraph(JSON.readTree(file.toFile()));
  }

  /** What it does, in the order of the request. */
  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : job.path("steps")) {
      steps.add(
          new Step(
              step.path("kind").asText(),
              step.path("properties").path("user_name").path("value").asText()));
    }
    return steps;
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "Dataflow job %s, %s, %d steps"
            .formatted(
                job.path("name").asText(), job.path("type").asText(), job.path("steps").size()));
    for (Step step : steps()) {
      lines.add("  %-16s %s".formatted(step.kind(), step.name()));
    }
    return lines;
  }
}
