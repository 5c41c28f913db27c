package org.kappabeam.pipelines.cli;

import java.util.Map;

/** The runner of this module's tests. */
public final class TestProfile implements RunnerProfile {
  @Override
  public String name() {
    return "test";
  }

  @Override
  public String runner() {
    return "DirectRunner";
  }

  @Override
  public Map<String, String> defaults(Launch launch) {
    return Map.of("blockOnRun", "false");
  }
}
