package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.pipelines.fraud.FraudPilot;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Logs;

/** The names by which a running job's state is found again when it is updated. */
class TransformNamesTest {
  private static final Path PINNED = Path.of("templates/fraud.transform-names.txt");
  private static final Path MAPPING = Path.of("templates/fraud.transform-name-mapping.json");
  private static final boolean WRITE = Boolean.getBoolean("kappa.write");

  @TempDir private Path dir;

  @Test
  void noTransformIsRenamedUnnoticed() throws IOException {
    List<String> now = new ArrayList<>();
    for (String view :
        List.of("bigquery://my-project/fraud", "bigtable://my-project/my-instance")) {
      now.add("# pubsub:// and kafka:// to " + view.replaceFirst("//.*", "//"));
      List<String> names = names("pubsub://my-project/payments", view);
      assertThat(names("kafka://broker:9092/payments", view), is(names));
      now.addAll(names);
    }
    if (WRITE) {
      Files.write(PINNED, now);
    }
    List<String> pinned = Files.readAllLines(PINNED);
    List<String> renamed = new ArrayList<>(now);
    renamed.removeAll(pinned);
    pinned.removeAll(now);
    assertThat(
        "Dataflow finds the state of a running job by these names. The new ones are "
            + renamed
            + ", the old ones are below. If that is meant: add \"old\": \"new\" to "
            + MAPPING
            + " (\"old\": \"\" for one that is gone), and write the names again with"
            + " -Dkappa.write=true",
        pinned,
        is(List.of()));
    assertThat(renamed, is(List.of()));
  }

  @Test
  void theMappingLeadsToNamesThatThereAre() throws IOException {
    Map<String, String> mapping =
        new ObjectMapper().readValue(MAPPING.toFile(), new TypeReference<>() {});
    List<String> allowed = new ArrayList<>(Files.readAllLines(PINNED));
    allowed.add("");

    assertThat(mapping.values(), everyItem(is(in(allowed))));
  }

  @Test
  void noNameIsGivenTwice() throws IOException {
    List<String> names = names("pubsub://my-project/payments", "bigquery://my-project/fraud");

    assertThat(names.stream().distinct().toList(), hasSize(names.size()));
    assertThat(names, hasItem("Fraud/By customer/Fold batches"));
  }

  private List<String> names(String uri, String view) throws IOException {
    Map<String, String> given =
        new LinkedHashMap<>(new DataflowProfile().defaults(new RunnerProfile.Launch(false)));
    given.put("runner", "DataflowRunner");
    given.put("appName", "kappa");
    given.put("log", uri);
    given.put("view", view);
    given.put("project", "my-project");
    given.put("region", "europe-west1");
    given.put("tempLocation", "gs://my-bucket/tmp");
    PipelineOptionsFactory.register(KappaOptions.class);
    String[] args =
        given.entrySet().stream()
            .map(option -> "--" + option.getKey() + "=" + option.getValue())
            .toArray(String[]::new);
    KappaOptions options = PipelineOptionsFactory.fromArgs(args).as(KappaOptions.class);
    JobGraph.goOffline(
        options.as(DataflowPipelineOptions.class), Files.createTempDirectory(dir, "job"));
    Log log = Logs.open(uri, Map.of());
    return JobGraph.of(KappaPipeline.sketch(new FraudPilot(), options, log).build())
        .steps()
        .stream()
        .map(JobGraph.Step::name)
        .toList();
  }
}
