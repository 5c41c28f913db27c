package org.kappabeam.runners.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.runners.parity.ParityContract;

/**
 * As a slice, whole and in many ranges, in this process with one thread and with several, and on a
 * cluster.
 */
class SparkParityIT extends ParityContract {
  private SparkCluster cluster;

  @BeforeAll
  void startCluster(@TempDir Path dir) throws Exception {
    cluster = SparkCluster.start(dir);
  }

  @AfterAll
  void stopCluster() {
    cluster.close();
  }

  @Override
  protected List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      runs.add(spark("slice, " + topic, topic, FraudRun.slice(0), "local[2]"));
      runs.add(spark("slice in 23 ranges, " + topic, topic, FraudRun.slice(23), "local[2]"));
    }
    runs.add(spark("slice, messy", Topic.MESSY, FraudRun.slice(0), "local[1]"));
    runs.add(spark("slice in 23 ranges, messy", Topic.MESSY, FraudRun.slice(23), "local[4]"));
    runs.add(spark("slice, clean, two workers", Topic.CLEAN, FraudRun.slice(0), cluster.master()));
    runs.add(
        spark(
            "slice in 23 ranges, messy, two workers",
            Topic.MESSY,
            FraudRun.slice(23),
            cluster.master()));
    return runs;
  }

  private static Run spark(String name, Topic topic, List<String> how, String master) {
    return new Run(
        name + ", Spark " + master,
        topic,
        (log, work, reading) ->
            FraudRun.of(
                log,
                work.resolve("fraud.db"),
                pipeline -> SparkJob.start(pipeline, work),
                reading,
                how,
                defaults(),
                List.of("--sparkMaster=" + master)));
  }

  /** What the command line gives, but for the master. */
  private static List<String> defaults() {
    List<String> args = new ArrayList<>(List.of("--runner=SparkRunner"));
    new SparkProfile()
        .defaults(new RunnerProfile.Launch(true))
        .forEach(
            (name, value) -> {
              if (!name.equals("sparkMaster")) {
                args.add("--" + name + "=" + value);
              }
            });
    return args;
  }
}
