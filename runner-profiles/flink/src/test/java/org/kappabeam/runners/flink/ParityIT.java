package org.kappabeam.runners.flink;

import java.util.ArrayList;
import java.util.List;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.runners.parity.ParityContract;

/**
 * Live and as a slice, whole and in many ranges, on Direct and on Flink at several parallelisms.
 */
class ParityIT extends ParityContract {

  @Override
  protected List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    runs.add(direct("slice in 23 ranges, clean", Topic.CLEAN, FraudRun.slice(23)));
    runs.add(direct("live, messy", Topic.MESSY, FraudRun.LIVE));
    runs.add(direct("slice in 23 ranges, messy", Topic.MESSY, FraudRun.slice(23)));
    for (int parallelism : new int[] {1, 2, 4}) {
      runs.add(embedded("live, messy", Topic.MESSY, FraudRun.LIVE, parallelism));
      runs.add(embedded("slice in 23 ranges", Topic.CLEAN, FraudRun.slice(23), parallelism));
    }
    runs.add(embedded("live, clean", Topic.CLEAN, FraudRun.LIVE, 2));
    return runs;
  }

  private static Run embedded(String name, Topic topic, List<String> how, int parallelism) {
    boolean live = how.equals(FraudRun.LIVE);
    return new Run(
        name + ", Flink " + parallelism,
        topic,
        (log, work, reading) ->
            FraudRun.of(
                log,
                work.resolve("fraud.db"),
                reading,
                how,
                FlinkRuns.embedded(parallelism, live, work.resolve("checkpoints"))));
  }
}
