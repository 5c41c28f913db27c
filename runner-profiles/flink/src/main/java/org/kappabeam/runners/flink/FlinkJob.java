package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * A job on Flink, in this process or on a cluster, that can be watched and cancelled while it runs.
 *
 * <p>Beam's runner blocks until such a job ends, or else knows nothing of it. So it runs in a
 * thread of its own, in an environment of ours, which hands us Flink's handle of the job.
 */
// deprecation: Beam's runner still executes bounded pipelines in Flink's old environment.
// try: Flink's environments are closeable; those here live as long as the job.
@SuppressWarnings({"deprecation", "try"})
final class FlinkJob implements PipelineResult, JobListener {
  private static final long ANSWER_SECONDS = 5;

  private static final String FLINK_LIBRARIES = "/org/apache/flink/";

  private static final AtomicLong NAMES = new AtomicLong();

  private final CompletableFuture<PipelineResult> ended = new CompletableFuture<>();
  private final CompletableFuture<Boolean> accepted = new CompletableFuture<>();
  private volatile @Nullable JobClient job;
  private volatile boolean cancelled;
  private final Place place;

  private FlinkJob(Place place) {
    this.place = place;
  }

  /** Where the job runs. */
  private interface Place {
    /** What the running job has counted so far; it may not have been accepted yet. */
    MetricResults of(@Nullable JobID job);

    /** Lets go of a job that has ended. */
    void forget();

    /** Where people find a job that goes on without this process; null if none does. */
    @Nullable String page(JobID job);
  }

  /**
   * Starts the job in this process.
   *
   * @param scratch for Flink's files, and for checkpoints unless a directory is given
   */
  static FlinkJob embedded(Pipeline pipeline, FlinkPipelineOptions options, Path scratch) {
    // By which Flink finds the counters of this job.
    String name = "kappa-" + NAMES.incrementAndGet();
    Place place =
        new Place() {
          @Override
          public MetricResults of(@Nullable JobID job) {
            return LiveCounters.of(name);
          }

          @Override
          public void forget() {
            LiveCounters.forget(name);
          }

          @Override
          public @Nullable String page(JobID job) {
            return null;
          }
        };
    return new FlinkJob(place).start(pipeline, options, embedded(options, scratch, name));
  }

  /** Starts the job on a cluster, and brings it this program; returns when it was taken. */
  static FlinkJob on(
      FlinkCluster cluster, Pipeline pipeline, FlinkPipelineOptions options, Path scratch) {
    Place place =
        new Place() {
          @Override
          public MetricResults of(@Nullable JobID job) {
            return job == null
                ? MetricsContainerStepMap.asAttemptedOnlyMetricResults(
                    new MetricsContainerStepMap())
                : cluster.counters(job);
          }

          @Override
          public void forget() {
            cluster.close();
          }

          @Override
          public String page(JobID job) {
            return cluster.page(job);
          }
        };
    FlinkJob job =
        new FlinkJob(place)
            .start(pipeline, options, remote(cluster.configuration(), options, scratch));
    // If it was not, whoever waits for its end is told why.
    boolean unused = job.accepted.join();
    return job;
  }

  private FlinkJob start(
      Pipeline pipeline, FlinkPipelineOptions options, Configuration configuration) {
    // What makes Beam's runner ask for an environment instead of making one.
    options.setFlinkMaster("[auto]");
    Thread thread = new Thread(() -> run(pipeline, options, configuration), "kappa-flink");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private void run(Pipeline pipeline, FlinkPipelineOptions options, Configuration configuration) {
    try {
      if (options.isStreaming()) {
        Streaming.install(configuration, this);
      } else {
        Batch.install(configuration, this);
      }
      try {
        ended.complete(pipeline.run());
      } finally {
        Streaming.uninstall();
        Batch.uninstall();
      }
    } catch (Throwable e) {
      // Whatever it is, the one who waits for the job is told.
      ended.completeExceptionally(e);
      accepted.complete(false);
    }
  }

  private static Configuration embedded(
      FlinkPipelineOptions options, Path scratch, String counters) {
    String files = scratch.resolve("flink").toString();
    String given = options.as(FlinkProfileOptions.class).getCheckpointDir();
    Path checkpoints = given == null ? scratch.resolve("checkpoints") : Path.of(given);
    Configuration configuration = new Configuration();
    configuration.setString("execution.target", "local");
    configuration.setString("io.tmp.dirs", files);
    configuration.setString("web.tmpdir", files);
    configuration.setString("blob.storage.directory", files);
    LiveCounters.configuration(counters).forEach(configuration::setString);
    // Libraries outlive the job in this process, and their threads with them.
    configuration.setString("classloader.check-leaked-classloader", "false");
    // In files: Flink's default keeps checkpoints in memory and refuses those over 5 MB.
    configuration.setString("state.checkpoint-storage", "filesystem");
    configuration.setString(
        "state.checkpoints.dir", checkpoints.toAbsolutePath().toUri().toString());
    return submitted(configuration, options);
  }

  private static Configuration remote(
      Configuration cluster, FlinkPipelineOptions options, Path scratch) {
    if (options.getFilesToStage() == null) {
      // Flink itself is there already.
      options.setFilesToStage(
          PipelineResources.detectClassPathResourcesToStage(
                  FlinkJob.class.getClassLoader(), options)
              .stream()
              .filter(file -> !file.contains(FLINK_LIBRARIES))
              .toList());
    }
    List<String> jars =
        PipelineResources.prepareFilesForStaging(
            options.getFilesToStage(), scratch.toAbsolutePath().toString());
    Configuration configuration = new Configuration(cluster);
    configuration.setString("execution.target", "remote");
    configuration.setString(
        "pipeline.jars",
        jars.stream()
            .map(jar -> Path.of(jar).toAbsolutePath().toUri().toString())
            .collect(Collectors.joining(";")));
    return submitted(configuration, options);
  }

  private static Configuration submitted(
      Configuration configuration, FlinkPipelineOptions options) {
    configuration.setString("execution.attached", "true");
    if (options.getSavepointPath() != null) {
      // Beam passes it on only where it makes the environment.
      configuration.setString("execution.savepoint.path", options.getSavepointPath());
      configuration.setString(
          "execution.savepoint.ignore-unclaimed-state",
          options.getAllowNonRestoredState().toString());
    }
    return configuration;
  }

  @Override
  public void onJobSubmitted(@Nullable JobClient client, @Nullable Throwable failure) {
    job = client;
    accepted.complete(client != null);
  }

  @Override
  public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {
    // The thread that runs the job learns the same.
  }

  /** The job on Flink, once it was accepted. */
  private Optional<JobID> id() {
    return Optional.ofNullable(job).map(JobClient::getJobID);
  }

  /** Where people find the job if it goes on without this process. */
  Optional<String> page() {
    return id().map(place::page);
  }

  @Override
  public State getState() {
    if (!ended.isDone()) {
      return State.RUNNING;
    }
    return cancelled
        ? State.CANCELLED
        : ended.isCompletedExceptionally() ? State.FAILED : State.DONE;
  }

  @Override
  public State cancel() {
    cancelled = true;
    JobClient client = job;
    if (client != null && !ended.isDone()) {
      try {
        client.cancel().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        ended.handle((result, failure) -> true).get(ANSWER_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        // It ended by itself, or it ends with the process: threads of the job are daemons.
        return getState();
      }
    }
    return getState();
  }

  @Override
  public @Nullable State waitUntilFinish(Duration duration) {
    try {
      ended.get(duration.getMillis(), TimeUnit.MILLISECONDS);
      return getState();
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      if (cancelled) {
        return State.CANCELLED;
      }
      throw new Pipeline.PipelineExecutionException(e.getCause());
    }
  }

  @Override
  public @Nullable State waitUntilFinish() {
    return waitUntilFinish(Duration.millis(Long.MAX_VALUE));
  }

  /** The final counters, or what has been counted so far. */
  @Override
  public MetricResults metrics() {
    if (ended.isDone() && !ended.isCompletedExceptionally()) {
      place.forget();
      return ended.join().metrics();
    }
    return place.of(id().orElse(null));
  }

  /** Reaches Flink's protected switch: what Beam's runner finds as its environment. */
  private static final class Streaming extends StreamExecutionEnvironment {
    private Streaming(Configuration configuration) {
      super(configuration);
    }

    static void install(Configuration configuration, JobListener listener) {
      Streaming environment = new Streaming(configuration);
      environment.registerJobListener(listener);
      initializeContextEnvironment(given -> environment);
    }

    static void uninstall() {
      resetContextEnvironment();
    }
  }

  /** The same for bounded collections. */
  private static final class Batch extends ExecutionEnvironment {
    private Batch(Configuration configuration) {
      super(configuration);
    }

    static void install(Configuration configuration, JobListener listener) {
      Batch environment = new Batch(configuration);
      environment.registerJobListener(listener);
      initializeContextEnvironment(() -> environment);
    }

    static void uninstall() {
      resetContextEnvironment();
    }
  }
}
