package org.kappabeam.runners.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.spark.SparkCommonPipelineOptions;
import org.apache.beam.runners.spark.SparkContextOptions;
import org.apache.beam.runners.spark.coders.SparkRunnerKryoRegistrator;
import org.apache.beam.runners.spark.metrics.MetricsAccumulator;
import org.apache.beam.runners.spark.metrics.MetricsContainerStepMapAccumulator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.ShutdownHookManager;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.kappabeam.coders.KappaException;

/**
 * A job on Spark that can be watched while its tasks run, and that ends in good order when the
 * process is asked to end.
 *
 * <p>The Spark context is ours, and goes with the job. Beam's own would take no settings, and its
 * counters are those of all jobs of the process.
 */
final class SparkJob implements PipelineResult {
  private static final String MASTER = "spark.master";
  private static final String CLUSTER = "spark://";
  private static final int CONNECT_MILLIS = 5_000;

  private final JavaSparkContext spark;
  private final PipelineResult job;
  private final MetricsContainerStepMapAccumulator counted;
  private final RunningTasks running;
  private volatile boolean cancelled;

  private SparkJob(
      JavaSparkContext spark,
      PipelineResult job,
      MetricsContainerStepMapAccumulator counted,
      RunningTasks running) {
    this.spark = spark;
    this.job = job;
    this.counted = counted;
    this.running = running;
  }

  /**
   * Starts the job.
   *
   * @param scratch for Spark's files, if it runs in this process
   * @throws KappaException if nobody answers for the cluster
   */
  static SparkJob start(Pipeline pipeline, Path scratch) {
    SparkContextOptions options = pipeline.getOptions().as(SparkContextOptions.class);
    JavaSparkContext spark = new JavaSparkContext(configuration(options, scratch));
    try {
      RunningTasks running = new RunningTasks();
      spark.sc().addSparkListener(running);
      options.setUsesProvidedSparkContext(true);
      options.setProvidedSparkContext(spark);
      // One for the whole process, unless it is cleared.
      MetricsAccumulator.clear();
      PipelineResult job = pipeline.run();
      return new SparkJob(spark, job, MetricsAccumulator.getInstance(), running);
    } catch (RuntimeException e) {
      spark.stop();
      throw e;
    }
  }

  /** What spark-submit or {@code -Dspark.…} has set wins. */
  private static SparkConf configuration(SparkContextOptions options, Path scratch) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing(MASTER, options.getSparkMaster());
    conf.setIfMissing("spark.app.name", options.getJobName());
    conf.setIfMissing("spark.kryo.registrator", SparkRunnerKryoRegistrator.class.getName());
    // How often tasks tell what they have counted.
    conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
    // An executor still gives up after ten minutes without an answer: 60 beats at Spark's 10 s.
    conf.setIfMissing("spark.executor.heartbeat.maxFailures", "300");
    String master = conf.get(MASTER);
    if (master.startsWith("local")) {
      conf.setIfMissing("spark.local.dir", scratch.resolve("spark").toString());
      // Nobody else has to find it, and a page for the time of a run is more trouble than use.
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.ui.enabled", "false");
      return conf;
    }
    if (master.startsWith(CLUSTER)) {
      requireAnswer(master);
    }
    if (!conf.contains("spark.jars")) {
      // By the master that counts: Beam looks at its own option.
      options.setSparkMaster(master);
      SparkCommonPipelineOptions.prepareFilesToStage(options);
      conf.setJars(options.getFilesToStage().toArray(String[]::new));
    }
    return conf;
  }

  /** Spark would try for minutes, and then say that its context was stopped. */
  private static void requireAnswer(String master) {
    boolean answered =
        Arrays.stream(master.substring(CLUSTER.length()).split(",", -1))
            .anyMatch(SparkJob::answers);
    if (!answered) {
      throw new KappaException(
          "no Spark master answers at " + master,
          "see that it runs and can be reached, or use --sparkMaster=local[2]");
    }
  }

  private static boolean answers(String hostAndPort) {
    try (Socket socket = new Socket()) {
      URI address = URI.create(CLUSTER + hostAndPort);
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MILLIS);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public State getState() {
    return cancelled ? State.CANCELLED : job.getState();
  }

  @Override
  public State cancel() throws IOException {
    if (!getState().isTerminal()) {
      cancelled = true;
      job.cancel();
      spark.stop();
    }
    return getState();
  }

  @Override
  public @Nullable State waitUntilFinish(Duration duration) {
    if (cancelled) {
      return State.CANCELLED;
    }
    try {
      State state = job.waitUntilFinish(duration);
      if (state != null && state.isTerminal()) {
        spark.stop();
      }
      return state;
    } catch (RuntimeException e) {
      if (cancelled) {
        return State.CANCELLED;
      }
      if (ShutdownHookManager.inShutdown()) {
        // Spark has heard of Ctrl-C, too, and has stopped on its own. That is no failure.
        pause(duration);
        return null;
      }
      spark.stop();
      throw e;
    }
  }

  /** As long as a wait that has an end would have taken. */
  private static void pause(Duration duration) {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(1, Math.min(duration.getMillis(), 1_000)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public @Nullable State waitUntilFinish() {
    return waitUntilFinish(Duration.millis(Long.MAX_VALUE));
  }

  /** The final counters; or those of tasks that have ended, and what the others told last. */
  @Override
  public MetricResults metrics() {
    MetricsContainerStepMap all = new MetricsContainerStepMap();
    all.updateAll(counted.value());
    if (!job.getState().isTerminal()) {
      running.addTo(all);
    }
    return MetricsContainerStepMap.asAttemptedOnlyMetricResults(all);
  }
}
