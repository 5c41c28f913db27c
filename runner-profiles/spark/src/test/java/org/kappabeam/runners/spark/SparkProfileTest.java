package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.cli.RunnerProfile;

class SparkProfileTest {
  private static final SparkProfile PROFILE = new SparkProfile();
  private static final RunnerProfile.Launch SLICE = new RunnerProfile.Launch(true);

  @Test
  void itIsTheOneTheCommandLineFinds() {
    assertThat(
        ServiceLoader.load(RunnerProfile.class).findFirst().orElseThrow(),
        is(instanceOf(SparkProfile.class)));
  }

  @Test
  void everyDefaultIsPinned() {
    assertThat(
        PROFILE.defaults(SLICE),
        equalTo(
            Map.of(
                "sparkMaster", "local[2]",
                "streaming", "false",
                "cacheDisabled", "false",
                "storageLevel", "MEMORY_AND_DISK",
                "enableSparkMetricSinks", "false")));
  }

  @Test
  void beamTakesEveryDefault() {
    SparkPipelineOptions options = options();

    assertThat(options.getSparkMaster(), is("local[2]"));
    assertThat(options.getStorageLevel(), is("MEMORY_AND_DISK"));
    assertThat(options.isCacheDisabled(), is(false));
  }

  @Test
  void onlySlicesAreTaken() {
    assertThat(PROFILE.refusal(SLICE).isEmpty(), is(true));
    assertThat(PROFILE.runsLive(), is(false));
    assertThat(
        PROFILE.refusal(new RunnerProfile.Launch(false)).orElseThrow().getMessage(),
        allOf(containsString("no event timers"), containsString("--readMode=SLICE")));
  }

  @Test
  void aMasterThatDoesNotAnswerIsOneLine(@TempDir Path dir) throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    SparkPipelineOptions options = options();
    options.setSparkMaster("spark://127.0.0.1:" + nobody + ",127.0.0.1");
    Pipeline pipeline = Pipeline.create(options);

    KappaException e = assertThrows(KappaException.class, () -> PROFILE.start(pipeline, dir));

    assertThat(
        e.getMessage(), containsString("no Spark master answers at " + options.getSparkMaster()));
  }

  private static SparkPipelineOptions options() {
    String[] args =
        PROFILE.defaults(SLICE).entrySet().stream()
            .map(option -> "--" + option.getKey() + "=" + option.getValue())
            .toArray(String[]::new);
    return PipelineOptionsFactory.fromArgs(args).as(SparkPipelineOptions.class);
  }
}
