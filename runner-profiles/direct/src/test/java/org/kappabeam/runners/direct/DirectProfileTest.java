package org.kappabeam.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.kappabeam.pipelines.cli.RunnerProfile;

class DirectProfileTest {
  @Test
  void itIsTheOneTheCommandLineFinds() {
    assertThat(
        ServiceLoader.load(RunnerProfile.class).findFirst().orElseThrow(),
        is(instanceOf(DirectProfile.class)));
  }

  @Test
  void everyDefaultIsPinned() {
    Map<String, String> defaults =
        new TreeMap<>(new DirectProfile().defaults(new RunnerProfile.Launch(false)));
    String parallelism = defaults.remove("targetParallelism");

    assertThat(Integer.parseInt(parallelism) >= 2, is(true));
    assertThat(
        defaults,
        equalTo(
            Map.of(
                "enforceImmutability", "false",
                "enforceEncodability", "false",
                "blockOnRun", "false")));
  }
}
