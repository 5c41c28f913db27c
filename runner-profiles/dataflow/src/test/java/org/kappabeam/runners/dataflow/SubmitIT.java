package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.cloud.bigtable.emulator.v2.Emulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.Logs;

/**
 * The command line from start to Ctrl-C, with a real log and a real store, and a recorder in the
 * place of Dataflow: what is sent is proven, not that the service takes it.
 */
class SubmitIT {
  /** As shells have it after SIGTERM. */
  private static final int TERMINATED = 143;

  @TempDir private static Path shared;
  private static EmbeddedKafka kafka;
  private static Emulator bigtable;
  private static String log;
  private static String view;

  @TempDir private Path dir;
  private JobRecorder recorder;

  @BeforeAll
  static void startServers() throws Exception {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"));
    log = kafka.uri("payments");
    Logs.create(log, 2, Map.of());
    bigtable = Emulator.createBundled();
    bigtable.start();
    view = "bigtable://my-project/my-instance?emulator=127.0.0.1:" + bigtable.getPort();
  }

  @AfterAll
  static void stopServers() {
    bigtable.stop();
    kafka.close();
  }

  @BeforeEach
  void startRecorder() throws IOException {
    recorder = JobRecorder.start();
  }

  @AfterEach
  void stopRecorder() {
    recorder.close();
  }

  @Test
  void aLiveJobIsSentWithAllThatKeepsItSafeAndGoesOnAfterCtrlC() throws Exception {
    try (Child child = start("--jobName=kappa-fraud", "--dataflowKmsKey=" + Launch.KEY)) {
      child.awaitOut("cancel  gcloud dataflow jobs cancel");
      child.interrupt();
      int code = child.await();

      assertThat(code, is(TERMINATED));
      assertThat(child.err(), containsString("the job goes on, nobody watches it"));
      assertThat(child.out(), containsString("job     " + JobRecorder.NEW_JOB + " (kappa-fraud)"));
      assertThat(
          child.out(),
          containsString(
              "drain   gcloud dataflow jobs drain "
                  + JobRecorder.NEW_JOB
                  + " --project=my-project --region=europe-west1"));
      assertThat(child.out(), containsString("look    https://console.cloud.google.com/dataflow/"));
    }
    assertThat(recorder.changed(), is(empty()));
    assertThat(recorder.created(), hasSize(1));
    JsonNode job = recorder.created().get(0);
    assertThat(job.path("name").asText(), is("kappa-fraud"));
    assertThat(job.path("type").asText(), is("JOB_TYPE_STREAMING"));
    assertThat(job.path("labels").path("app").asText(), is("kappa"));
    assertThat(job.has("replaceJobId"), is(false));
    JsonNode environment = job.path("environment");
    assertThat(environment.path("serviceAccountEmail").asText(), is(Launch.ACCOUNT));
    assertThat(environment.path("serviceKmsKeyName").asText(), is(Launch.KEY));
    assertThat(environment.path("tempStoragePrefix").asText(), containsString("my-bucket/tmp"));
    assertThat(
        environment.path("experiments").toString(), containsString("enable_streaming_engine"));
    JsonNode pool = environment.path("workerPools").get(0);
    assertThat(pool.path("subnetwork").asText(), is(Launch.SUBNETWORK));
    assertThat(pool.path("ipConfiguration").asText(), is("WORKER_IP_PRIVATE"));
    assertThat(
        pool.path("autoscalingSettings").path("algorithm").asText(),
        is("AUTOSCALING_ALGORITHM_BASIC"));
    assertThat(pool.path("autoscalingSettings").path("maxNumWorkers").asInt(), is(4));
  }

  @Test
  void anUpdateReplacesTheRunningJobOfThatName() throws Exception {
    recorder.answerRunning("kappa-fraud");
    try (Child child =
        start(
            "--update",
            "--jobName=kappa-fraud",
            "--transformNameMapping={\"Fraud/Old name\":\"Fraud/By customer/Fold batches\"}")) {
      child.awaitOut("cancel  gcloud dataflow jobs cancel");
      child.interrupt();
      child.await();
    }
    JsonNode job = recorder.created().get(0);
    assertThat(job.path("replaceJobId").asText(), is(JobRecorder.RUNNING_JOB));
    assertThat(
        job.path("transformNameMapping").path("Fraud/Old name").asText(),
        is("Fraud/By customer/Fold batches"));
  }

  @Test
  void anUpdateOfWhatDoesNotRunIsOneLine() throws Exception {
    try (Child child = start("--update", "--jobName=kappa-fraud")) {
      assertThat(child.await(), is(1));
      assertThat(child.err(), containsString("Could not find running job named kappa-fraud"));
    }
    assertThat(recorder.created(), is(empty()));
  }

  @Test
  void aSliceIsCancelledByCtrlC() throws Exception {
    try (Child child = start("--readMode=SLICE", "--until=latest")) {
      child.awaitOut("cancel  gcloud dataflow jobs cancel");
      child.interrupt();
      assertThat(child.await(), is(TERMINATED));
    }
    assertThat(recorder.created().get(0).path("type").asText(), is("JOB_TYPE_BATCH"));
    assertThat(recorder.changed(), hasSize(1));
    assertThat(
        recorder.changed().get(0).path("requestedState").asText(), is("JOB_STATE_CANCELLED"));
  }

  @Test
  void aJobThatEndsIsReconciledByItsCounters() throws Exception {
    try (Child child = start("--readMode=SLICE", "--until=latest")) {
      child.awaitOut("cancel  gcloud dataflow jobs cancel");
      recorder.answerState("JOB_STATE_DONE");
      assertThat(child.await(), is(0));
      assertThat(child.out(), containsString("reconciled: yes"));
    }
  }

  @Test
  void aJobThatFailsIsOneLine() throws Exception {
    try (Child child = start("--readMode=SLICE", "--until=latest")) {
      child.awaitOut("cancel  gcloud dataflow jobs cancel");
      recorder.answerState("JOB_STATE_FAILED");
      assertThat(child.await(), is(1));
      assertThat(child.err(), containsString("kappa: the pipeline ended as FAILED"));
    }
  }

  private Child start(String... more) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--serviceAccount=" + Launch.ACCOUNT,
                "--subnetwork=" + Launch.SUBNETWORK,
                "--dataflowEndpoint=" + recorder.endpoint()));
    all.addAll(List.of(more));
    return Child.start(dir, Map.of(), Launch.of(dir, log, view, all.toArray(String[]::new)));
  }
}
