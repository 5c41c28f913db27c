package org.kappabeam.pipelines.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.kappabeam.coders.KappaException;

/**
 * What a runner brings to the command line. One per runner module, found by {@link
 * java.util.ServiceLoader}.
 */
public interface RunnerProfile {

  /** What people call it, such as {@code flink}. */
  String name();

  /** The runner's value of {@code --runner}. */
  String runner();

  /**
   * Why this runner cannot do a launch, and what to do instead; empty if it can. Asked before
   * anything is touched.
   */
  default Optional<KappaException> refusal(Launch launch) {
    return Optional.empty();
  }

  /** Whether a log can be read live. */
  default boolean runsLive() {
    return refusal(new Launch(false)).isEmpty();
  }

  /**
   * Options in place of the runner's own defaults; what the user gives wins.
   *
   * @return name without dashes → value, in the order they are shown
   */
  Map<String, String> defaults(Launch launch);

  /** Options of this profile's own, for the help; empty if it has none. */
  default List<Class<? extends PipelineOptions>> options() {
    return List.of();
  }

  /**
   * Makes sure that what it runs on is there and fits, before log and view are touched.
   *
   * @throws KappaException if it is not
   */
  default void reach(PipelineOptions options) {}

  /**
   * Starts the pipeline and returns without waiting for its end. The result's counters and {@link
   * PipelineResult#cancel} work while it runs.
   *
   * @param scratch a directory that goes with the run
   */
  default PipelineResult start(Pipeline pipeline, Path scratch) {
    return pipeline.run();
  }

  /**
   * Refuses a launch that could not work, before anything is asked or touched.
   *
   * @throws org.kappabeam.coders.KappaException with what is wrong and what to do
   */
  default void check(PipelineOptions options) {}

  /** Where {@link #start} only writes the pipeline down, for others to run; empty if it runs it. */
  default Optional<String> template(PipelineOptions options) {
    return Optional.empty();
  }

  /** What to tell people of a job that has just been started, line by line. */
  default List<String> directions(PipelineResult job) {
    return List.of();
  }

  /** Whether a job goes on without this process: Ctrl-C then ends the watching and not the job. */
  default boolean outlivesUs(PipelineResult job) {
    return false;
  }

  /**
   * Sets the options so that a pipeline can be built and described without contacting anybody, for
   * {@code --dryRun}.
   *
   * @param scratch a directory that goes with the run
   */
  default void goOffline(PipelineOptions options, Path scratch) {}

  /**
   * What this runner would be handed, line by line, for {@code --dryRun}.
   *
   * @param pipeline was built after {@link #goOffline}, and is not used afterwards
   * @param scratch a directory that goes with the run
   */
  default List<String> describe(Pipeline pipeline, Path scratch) {
    return List.of();
  }

  /**
   * What is to be run.
   *
   * @param bounded whether the log is read as a bounded collection
   * @param given the options that people gave, by name without dashes
   */
  record Launch(boolean bounded, Map<String, String> given) {
    /** A launch without any options. */
    public Launch(boolean bounded) {
      this(bounded, Map.of());
    }
  }
}
