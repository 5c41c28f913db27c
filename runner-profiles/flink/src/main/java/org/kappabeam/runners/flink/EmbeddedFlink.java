package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * A job on a Flink in this process that can be watched and cancelled while it runs.
 *
 * <p>Beam's runner blocks until such a job ends. So it runs in a thread of its own, in an
 * environment of ours, which hands us Flink's handle of the job.
 */
// deprecation: Beam's runner still executes bounded pipelines in Flink's old environment.
// try: Flink's environments are closeable; those here live as long as the job.
@SuppressWarnings({"deprecation", "try"})
final class EmbeddedFlink implements PipelineResult, JobListener {
  private static final long ANSWER_SECONDS = 5;

  private static final AtomicLong NAMES = new AtomicLong();

  private final CompletableFuture<PipelineResult> ended = new CompletableFuture<>();
  private volatile @Nullable JobClient job;
  private volatile boolean cancelled;

  /** By which Flink finds the counters of this job. */
  private final String name = "kappa-" + NAMES.incrementAndGet();

  private EmbeddedFlink() {}

  /**
   * Starts the job.
   *
   * @param scratch for Flink's files, and for checkpoints unless a directory is given
   */
  static EmbeddedFlink start(Pipeline pipeline, FlinkPipelineOptions options, Path scratch) {
    EmbeddedFlink flink = new EmbeddedFlink();
    // What makes Beam's runner ask for an environment instead of making one.
    options.setFlinkMaster("[auto]");
    Thread thread = new Thread(() -> flink.run(pipeline, options, scratch), "kappa-flink");
    thread.setDaemon(true);
    thread.start();
    return flink;
  }

  private void run(Pipeline pipeline, FlinkPipelineOptions options, Path scratch) {
    try {
      Configuration configuration = configuration(options, scratch);
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
    }
  }

  private Configuration configuration(FlinkPipelineOptions options, Path scratch) {
    String files = scratch.resolve("flink").toString();
    String given = options.as(FlinkProfileOptions.class).getCheckpointDir();
    Path checkpoints = given == null ? scratch.resolve("checkpoints") : Path.of(given);
    Configuration configuration = new Configuration();
    configuration.setString("execution.target", "local");
    configuration.setString("execution.attached", "true");
    configuration.setString("io.tmp.dirs", files);
    configuration.setString("web.tmpdir", files);
    configuration.setString("blob.storage.directory", files);
    LiveCounters.configuration(name).forEach(configuration::setString);
    // Libraries outlive the job in this process, and their threads with them.
    configuration.setString("classloader.check-leaked-classloader", "false");
    // In files: Flink's default keeps checkpoints in memory and refuses those over 5 MB.
    configuration.setString("state.checkpoint-storage", "filesystem");
    configuration.setString(
        "state.checkpoints.dir", checkpoints.toAbsolutePath().toUri().toString());
    if (options.getSavepointPath() != null) {
      // Beam passes it on to clusters only.
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
  }

  @Override
  public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {
    // The thread that runs the job learns the same.
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
      LiveCounters.forget(name);
      return ended.join().metrics();
    }
    return LiveCounters.of(name);
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
