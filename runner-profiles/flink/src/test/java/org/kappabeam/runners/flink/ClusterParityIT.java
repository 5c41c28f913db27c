package org.kappabeam.runners.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.cli.RunnerProfile;
import org.kappabeam.runners.parity.FraudRun;
import org.kappabeam.runners.parity.ParityContract;
import org.kappabeam.transforms.jdbc.PostgresServer;

/** On a Flink cluster of two TaskManagers, into a store that both of them reach. */
class ClusterParityIT extends ParityContract {
  private static final FlinkProfile PROFILE = new FlinkProfile();

  private final AtomicInteger schemas = new AtomicInteger();
  private PostgresServer postgres;
  private ClusterFixture cluster;

  @BeforeAll
  void startServers(@TempDir Path dir) throws Exception {
    postgres = PostgresServer.start(dir.resolve("postgres"));
    cluster = ClusterFixture.start(dir, 2);
  }

  @AfterAll
  void stopServers() throws Exception {
    cluster.close();
    postgres.close();
  }

  @Override
  protected List<Run> runs() {
    return List.of(
        onTheCluster("live, messy", Topic.MESSY, FraudRun.LIVE),
        onTheCluster("slice in 23 ranges", Topic.CLEAN, FraudRun.slice(23)));
  }

  private Run onTheCluster(String name, Topic topic, List<String> how) {
    boolean bounded = !how.equals(FraudRun.LIVE);
    return new Run(
        name + ", Flink cluster",
        topic,
        (log, work, reading) -> {
          String schema = "parity_" + schemas.incrementAndGet();
          postgres.createSchema(schema);
          return FraudRun.into(
              postgres.uri(schema),
              log,
              pipeline -> PROFILE.start(pipeline, work),
              reading,
              how,
              launch(bounded));
        });
  }

  private List<String> launch(boolean bounded) {
    String address = cluster.flink.address();
    List<String> args = new ArrayList<>();
    args.add("--runner=" + PROFILE.runner());
    args.add("--flinkMaster=" + address);
    args.add("--filesToStage=" + ClusterFixture.program());
    PROFILE
        .defaults(new RunnerProfile.Launch(bounded, Map.of("flinkMaster", address)))
        .forEach((option, value) -> args.add("--" + option + "=" + value));
    return args;
  }
}
