package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.Logs;

/** Classic templates, written by the command line in a process of its own. */
class TemplateIT {
  private static final String SECRET = "hunter2-is-no-password";

  @TempDir private Path dir;

  @Test
  void pubsubToBigQueryIsWrittenWithoutAskingAnybody() throws Exception {
    Path template = dir.resolve("fraud.json");

    String said =
        run(
            Map.of(),
            Launch.of(
                dir,
                "pubsub://my-project/payments",
                "bigquery://my-project/fraud",
                "--generation=3",
                "--templateLocation=" + template));

    assertThat(said, containsString("template of fraud written to " + template));
    JobGraph graph = JobGraph.read(template);
    assertThat(graph.job().path("type").asText(), is("JOB_TYPE_STREAMING"));
    assertThat(graph.job().path("labels").path("app").asText(), is("kappa"));
    assertThat(
        graph.steps(),
        hasItems(
            new JobGraph.Step("ParallelDo", "Fraud/Decode/Decode and check"),
            new JobGraph.Step("ParallelDo", "Fraud/By customer/Fold batches"),
            new JobGraph.Step("ParallelDo", "Write alerts/Upsert/Check")));
    JsonNode environment = graph.job().path("environment");
    assertThat(
        environment.path("experiments").toString(), containsString("enable_streaming_engine"));
    JsonNode pool = environment.path("workerPools").get(0);
    assertThat(pool.path("ipConfiguration").asText(), is("WORKER_IP_PRIVATE"));
    assertThat(pool.path("machineType").asText(), is("n2-standard-2"));
    assertThat(pool.path("autoscalingSettings").path("maxNumWorkers").asInt(), is(4));
    JsonNode options = environment.path("sdkPipelineOptions").path("options");
    assertThat(options.path("log").asText(), is("pubsub://my-project/payments"));
    assertThat(options.path("view").asText(), is("bigquery://my-project/fraud"));
    assertThat(options.path("generation").asInt(), is(3));
    assertThat(staged(), hasItems(startsWith("program-"), startsWith("pipeline-")));
    assertThat(pool.path("packages").toString(), containsString("program-"));
  }

  @Test
  void ofSecretsOnlyTheirReferencesAreInATemplate() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      String log = kafka.uri("payments");
      Logs.create(log, 2, Map.of());
      Path properties = dir.resolve("kafka.properties");
      // Of no effect without TLS, but carried along like any other.
      Files.writeString(properties, "ssl.keystore.password=${env:KAPPA_TEST_SECRET}\n");
      Path templates = Files.createDirectory(dir.resolve("templates"));

      run(
          Map.of("KAPPA_TEST_SECRET", SECRET),
          Launch.of(
              dir,
              log,
              "postgresql://db.example/kappa?user=kappa&passwordEnv=KAPPA_TEST_SECRET",
              "--logProperties=" + properties,
              "--templateLocation=" + templates.resolve("fraud.json")));

      for (Path place : List.of(templates, dir.resolve("staging"))) {
        assertThat(place + " holds the secret", Secrets.isIn(place, SECRET), is(false));
        assertThat(place + "", Secrets.isIn(place, "passwordEnv=KAPPA_TEST_SECRET"), is(true));
        // What proves that the search sees through Beam's compression.
        assertThat(place + "", Secrets.isIn(place, "${env:KAPPA_TEST_SECRET}"), is(true));
      }
    }
  }

  @Test
  void aSliceIsPinnedWhenTheTemplateIsWritten() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      String log = kafka.uri("payments");
      Logs.create(log, 2, Map.of());
      Path template = dir.resolve("fraud.json");

      run(
          Map.of(),
          Launch.of(
              dir,
              log,
              "bigquery://my-project/fraud",
              "--readMode=SLICE",
              "--until=latest",
              "--templateLocation=" + template));

      JobGraph graph = JobGraph.read(template);
      assertThat(graph.job().path("type").asText(), is("JOB_TYPE_BATCH"));
      assertThat(graph.steps().get(0), is(new JobGraph.Step("ParallelRead", "Read log")));
    }
  }

  private String run(Map<String, String> environment, List<String> args)
      throws IOException, InterruptedException {
    try (Child child = Child.start(dir, environment, args)) {
      int code = child.await();
      assertThat(child.err(), is(emptyString()));
      assertThat(code, is(0));
      return child.out();
    }
  }

  private List<String> staged() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("staging"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
