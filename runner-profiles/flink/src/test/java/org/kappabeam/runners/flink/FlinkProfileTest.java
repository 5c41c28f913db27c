package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.pipelines.pilot.KappaOptions;

class FlinkProfileTest {
  private static final FlinkProfile PROFILE = new FlinkProfile();

  @Test
  void itIsTheOneTheCommandLineFinds() {
    assertThat(
        ServiceLoader.load(RunnerProfile.class).findFirst().orElseThrow(),
        is(instanceOf(FlinkProfile.class)));
    assertThat(PROFILE.options(), hasItem(FlinkProfileOptions.class));
  }

  @Test
  void everyDefaultOfALiveReadIsPinned() {
    assertThat(
        PROFILE.defaults(new RunnerProfile.Launch(false)),
        equalTo(
            Map.ofEntries(
                Map.entry("streaming", "true"),
                Map.entry("parallelism", "2"),
                Map.entry("maxParallelism", "128"),
                Map.entry("objectReuse", "true"),
                Map.entry("fasterCopy", "false"),
                Map.entry("disableMetrics", "false"),
                Map.entry("checkpointingInterval", "10000"),
                Map.entry("maxBundleSize", "256"),
                Map.entry("maxBundleTimeMills", "400"),
                Map.entry("numberOfExecutionRetries", "3"),
                Map.entry("executionRetryDelay", "1000"),
                Map.entry("shutdownSourcesAfterIdleMs", "1000"))));
  }

  @Test
  void onAClusterCheckpointsStayAndTheClusterSaysHowOftenToTryAgain() {
    Map<String, String> defaults =
        PROFILE.defaults(
            new RunnerProfile.Launch(false, Map.of("flinkMaster", "flink.example:8081")));
    assertThat(defaults, hasEntry("externalizedCheckpointsEnabled", "true"));
    assertThat(defaults, hasEntry("retainExternalizedCheckpointsOnCancellation", "true"));
    assertThat(defaults, not(hasKey("numberOfExecutionRetries")));
    assertThat(defaults, hasEntry("checkpointingInterval", "10000"));
  }

  @Test
  void everyDefaultOfASliceIsPinned() {
    assertThat(
        PROFILE.defaults(new RunnerProfile.Launch(true)),
        equalTo(
            Map.of(
                "streaming", "false",
                "parallelism", "2",
                "maxParallelism", "128",
                "objectReuse", "true",
                "fasterCopy", "false",
                "disableMetrics", "false")));
  }

  @Test
  void whatCannotWorkOnAClusterIsRefused() {
    assertThat(
        refusal("--flinkMaster=flink.example:8081", "--view=sqlite:fraud.db"),
        containsString("each TaskManager"));
    assertThat(
        refusal("--flinkMaster=localhost:8081", "--checkpointDir=/tmp"),
        containsString("embedded Flink"));
    assertThat(refusal("--flinkMaster=somewhere"), containsString("host:port"));
    PROFILE.check(options("--flinkMaster=localhost:8081", "--view=sqlite:fraud.db"));
    PROFILE.check(options("--view=sqlite:fraud.db", "--checkpointDir=/tmp"));
  }

  private static String refusal(String... args) {
    KappaException e = assertThrows(KappaException.class, () -> PROFILE.check(options(args)));
    return e.getMessage();
  }

  private static KappaOptions options(String... args) {
    PipelineOptionsFactory.register(FlinkProfileOptions.class);
    PipelineOptionsFactory.register(FlinkPipelineOptions.class);
    return PipelineOptionsFactory.fromArgs(args).as(KappaOptions.class);
  }

  @Test
  void beamTakesEveryDefault() {
    for (boolean bounded : Set.of(true, false)) {
      String[] args =
          PROFILE.defaults(new RunnerProfile.Launch(bounded)).entrySet().stream()
              .map(option -> "--" + option.getKey() + "=" + option.getValue())
              .toArray(String[]::new);

      FlinkPipelineOptions options =
          PipelineOptionsFactory.fromArgs(args).as(FlinkPipelineOptions.class);

      assertThat(options.isStreaming(), is(!bounded));
      assertThat(options.getMaxParallelism(), is(128));
      assertThat(options.getObjectReuse(), is(true));
    }
  }
}
