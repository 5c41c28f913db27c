package org.kappabeam.runners.direct;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kappabeam.pipelines.cli.RunnerProfile;

/** Beam's own runner in this process. */
public final class DirectProfile implements RunnerProfile {

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public String runner() {
    return "DirectRunner";
  }

  @Override
  public Map<String, String> defaults(Launch launch) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put(
        "targetParallelism",
        Integer.toString(Math.max(2, Runtime.getRuntime().availableProcessors())));
    // Checks that our own tests make once; they encode and copy every element several times.
    defaults.put("enforceImmutability", "false");
    defaults.put("enforceEncodability", "false");
    // The command line watches the run.
    defaults.put("blockOnRun", "false");
    return defaults;
  }
}
