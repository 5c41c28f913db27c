package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.observe.Conservation;

/** What a stream on Spark can do, and what it cannot: why the profile refuses live reads. */
class SparkStreamingIT {
  private static final long LATENESS = TimeUnit.DAYS.toMillis(1);

  @TempDir private Path dir;

  private EmbeddedKafka kafka;
  private String log;
  private long written;

  @BeforeEach
  void simulate() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    log = kafka.uri("transactions");
    Logs.create(log, 4, Map.of());
    try (LogWriter writer = Logs.writer(log, Map.of())) {
      written =
          new FraudFeed(FraudFeed.Options.clean(MessageFormat.AVRO), writer, progress -> {})
              .run(new FraudSimulator(FraudSimulator.Options.of(7, 10, 40, 40)).iterator())
              .records();
    }
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  /** If this fails, Beam has learned it: look at the refusal again. */
  @Test
  void aFoldThatForgetsByEventTimeIsNotTranslated() {
    Throwable failure =
        assertThrows(
            RuntimeException.class,
            () ->
                FraudRun.of(
                    log,
                    dir.resolve("fraud.db"),
                    pipeline -> SparkJob.start(pipeline, dir),
                    FraudRun.LIVE,
                    List.of(
                        "--runner=SparkRunner",
                        "--sparkMaster=local[2]",
                        "--checkpointDir=" + dir.resolve("checkpoints"))));

    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    assertThat(
        failure.getMessage(), containsString("EVENT_TIME not yet supported in streaming mode"));
  }

  @Test
  void aLogIsReadLiveWhereNothingIsKept() throws Exception {
    KappaOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=SparkRunner",
                "--streaming=true",
                "--sparkMaster=local[4]",
                "--checkpointDir=" + dir.resolve("checkpoints"),
                "--log=" + log,
                "--view=sqlite:" + dir.resolve("none.db"))
            .as(KappaOptions.class);
    Log kafkaLog = Logs.open(log, Map.of());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read", kafkaLog.live(kafkaLog.resolve("earliest", "latest"), LATENESS))
        .apply("Count", ParDo.of(new Count()));

    PipelineResult job = SparkJob.start(pipeline, dir);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (Conservation.of(job).read() < written && System.nanoTime() < deadline) {
      job.waitUntilFinish(Duration.millis(500));
    }
    // Whatever would be read twice comes now.
    job.waitUntilFinish(Duration.standardSeconds(3));
    long read = Conservation.of(job).read();
    job.cancel();

    assertThat(read, is(written));
  }

  private static final class Count extends DoFn<LogBatch, Void> {
    @ProcessElement
    public void process(@Element LogBatch batch) {
      Conservation.readCounter().inc(batch.size());
    }
  }
}
