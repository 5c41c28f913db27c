package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.runners.dataflow.options.DataflowPipelineWorkerPoolOptions.AutoscalingAlgorithmType;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.SdkHarnessOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.pipelines.pilot.KappaOptions;

class DataflowProfileTest {
  private static final DataflowProfile PROFILE = new DataflowProfile();

  @Test
  void itIsTheOneTheCommandLineFinds() {
    assertThat(
        ServiceLoader.load(RunnerProfile.class).findFirst().orElseThrow(),
        is(instanceOf(DataflowProfile.class)));
  }

  @Test
  void everyDefaultOfALiveReadIsPinned() {
    assertThat(
        PROFILE.defaults(new RunnerProfile.Launch(false)),
        equalTo(
            Map.of(
                "streaming", "true",
                "usePublicIps", "false",
                "autoscalingAlgorithm", "THROUGHPUT_BASED",
                "maxNumWorkers", "4",
                "workerMachineType", "n2-standard-2",
                "jdkAddOpenModules", addOpens(),
                "labels", "{\"app\":\"kappa\"}",
                "enableStreamingEngine", "true",
                "unboundedReaderMaxElements", "100")));
  }

  @Test
  void everyDefaultOfASliceIsPinned() {
    assertThat(
        PROFILE.defaults(new RunnerProfile.Launch(true)),
        equalTo(
            Map.of(
                "streaming", "false",
                "usePublicIps", "false",
                "autoscalingAlgorithm", "THROUGHPUT_BASED",
                "maxNumWorkers", "4",
                "workerMachineType", "n2-standard-2",
                "jdkAddOpenModules", addOpens(),
                "labels", "{\"app\":\"kappa\"}")));
  }

  /** Those of every other run of the product, without what only Spark needs. */
  private static String addOpens() {
    Set<String> needed = Set.of("java.lang", "java.util", "java.time", "java.nio");
    try {
      return Pattern.compile("--add-opens=java\\.base/([\\w.]+)=ALL-UNNAMED")
          .matcher(Files.readString(Path.of("../../.mvn/java.args")))
          .results()
          .map(match -> match.group(1))
          .filter(needed::contains)
          .map(opened -> "java.base/" + opened + "=ALL-UNNAMED")
          .collect(Collectors.joining(","));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void beamTakesEveryDefault() {
    for (boolean bounded : Set.of(true, false)) {
      DataflowPipelineOptions options = options(bounded, Map.of());

      assertThat(options.isStreaming(), is(!bounded));
      assertThat(options.isEnableStreamingEngine(), is(!bounded));
      assertThat(options.getUsePublicIps(), is(false));
      assertThat(options.getAutoscalingAlgorithm(), is(AutoscalingAlgorithmType.THROUGHPUT_BASED));
      assertThat(options.getMaxNumWorkers(), is(4));
      assertThat(options.getLabels(), equalTo(Map.of("app", "kappa")));
      assertThat(
          String.join(",", options.as(SdkHarnessOptions.class).getJdkAddOpenModules()),
          is(addOpens()));
    }
  }

  @Test
  void aCompleteLaunchIsTaken() {
    PROFILE.check(options(false, complete()));
    Map<String, String> network = complete();
    network.remove("subnetwork");
    network.put("network", "default");
    PROFILE.check(options(false, network));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tempLocation | Dataflow needs --tempLocation",
        "serviceAccount | Compute Engine default account",
        "subnetwork | default network",
      })
  void whatBeamWouldChooseUnsafelyHasToBeSaid(String without, String says) {
    Map<String, String> options = complete();
    options.remove(without);

    assertRefused(options, says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "project | 123456 | --project=123456",
        "region | europe | --region=europe",
        "tempLocation | /tmp | not in Cloud Storage",
        "serviceAccount | me@example.com | account@project.iam.gserviceaccount.com",
        "subnetwork | kappa | regions/REGION/subnetworks/NAME",
        "subnetwork | regions/us-east1/subnetworks/kappa | the job in europe-west1",
        "dataflowKmsKey | my-key | cryptoKeys",
        "dataflowKmsKey | projects/p/locations/us-east1/keyRings/r/cryptoKeys/k | the job in"
            + " europe-west1",
        "view | sqlite:fraud.db | is a file of this machine",
        "log | archive:///var/log | is a directory of this machine",
        "log | tiered:archive:///var/log,kafka://h:9092/t | is a directory of this machine",
        "templateLocation | fraud.json | is no place for a template",
      })
  void whatCannotWorkIsRefused(String option, String value, String says) {
    Map<String, String> options = complete();
    options.put(option, value);

    assertRefused(options, says);
  }

  @Test
  void aSliceIsNotUpdated() {
    Map<String, String> options = complete();
    options.put("update", "true");

    PROFILE.check(options(false, options));
    assertThat(
        assertThrows(KappaException.class, () -> PROFILE.check(options(true, options)))
            .getMessage(),
        containsString("--update is for live jobs"));
  }

  @Test
  void aTemplateLeavesAccountAndNetworkToWhoStartsIt() {
    Map<String, String> options = complete();
    options.remove("serviceAccount");
    options.remove("subnetwork");
    options.put("templateLocation", "gs://my-bucket/templates/fraud.json");

    PROFILE.check(options(false, options));
    assertThat(
        PROFILE.template(options(false, options)),
        is(Optional.of("gs://my-bucket/templates/fraud.json")));
    assertThat(PROFILE.template(options(false, complete())), is(Optional.empty()));
  }

  @Test
  void theLaunchersArgumentsBecomeARunOfTheImagesPilot() {
    assertThat(
        List.of(FlexMain.command(Map.of(), "--log=a", "--view=b")),
        equalTo(List.of("run", "fraud", "--log=a", "--view=b")));
    assertThat(
        List.of(FlexMain.command(Map.of(FlexMain.PILOT, "sensors"), "--log=a")),
        equalTo(List.of("run", "sensors", "--log=a")));
  }

  private static void assertRefused(Map<String, String> options, String says) {
    assertThat(
        assertThrows(KappaException.class, () -> PROFILE.check(options(false, options)))
            .getMessage(),
        containsString(says));
  }

  private static Map<String, String> complete() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("log", "pubsub://my-project/payments");
    options.put("view", "bigquery://my-project/fraud");
    options.put("project", "my-project");
    options.put("region", "europe-west1");
    options.put("tempLocation", "gs://my-bucket/tmp");
    options.put("serviceAccount", "kappa-worker@my-project.iam.gserviceaccount.com");
    options.put("subnetwork", "regions/europe-west1/subnetworks/kappa");
    return options;
  }

  private static DataflowPipelineOptions options(boolean bounded, Map<String, String> given) {
    PipelineOptionsFactory.register(KappaOptions.class);
    Map<String, String> all =
        new LinkedHashMap<>(PROFILE.defaults(new RunnerProfile.Launch(bounded)));
    all.putAll(given);
    List<String> args = new ArrayList<>();
    all.forEach((name, value) -> args.add("--" + name + "=" + value));
    return PipelineOptionsFactory.fromArgs(args.toArray(String[]::new))
        .as(DataflowPipelineOptions.class);
  }
}
