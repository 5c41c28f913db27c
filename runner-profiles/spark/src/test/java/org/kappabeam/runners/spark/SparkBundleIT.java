package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * The bundle on a cluster, as the page on Spark shows it. Skipped where it was not built: that
 * takes {@code -Pspark-runner}.
 */
class SparkBundleIT {
  private static final Path BUNDLE = Path.of("target/kappa-spark.jar").toAbsolutePath();
  private static final long PATIENCE_MINUTES = 5;

  @TempDir private static Path shared;
  private static EmbeddedKafka kafka;
  private static SparkCluster cluster;
  private static String log;
  private static String expected;

  @TempDir private Path dir;

  @BeforeAll
  static void startCluster() throws Exception {
    assumeTrue(Files.exists(BUNDLE), "mvn verify -Pspark-runner builds the bundle");
    kafka = EmbeddedKafka.start(shared.resolve("kafka"));
    cluster = SparkCluster.start(Files.createDirectory(shared.resolve("cluster")));
    log = kafka.uri("transactions");
    Called.succeed(
        "simulate", "fraud", "--log=" + log, "--days=12", "--customers=40", "--terminals=40");
    Path view = shared.resolve("fraud.db");
    Called.succeed(
        "run",
        "fraud",
        "--log=" + log,
        "--view=sqlite:" + view,
        "--readMode=SLICE",
        "--until=latest");
    expected = digest(view);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }

  @Test
  void itRunsByItself() throws Exception {
    run("java -jar", List.of(java(), "-jar"));
  }

  @Test
  void itIsSubmitted() throws Exception {
    run(
        "spark-submit",
        List.of(
            java(),
            "@" + System.getProperty("kappa.java.args"),
            "-cp",
            SparkCluster.classPath(),
            "org.apache.spark.deploy.SparkSubmit"));
  }

  private void run(String program, List<String> launcher) throws Exception {
    List<String> lines = SparkPage.linesOf(program);
    assertThat(lines, hasSize(1));
    String line =
        lines
            .get(0)
            .substring(program.length() + 1)
            .replace("runner-profiles/spark/target/kappa-spark.jar", BUNDLE.toString())
            .replace("spark://localhost:7077", cluster.master());
    List<String> command = new ArrayList<>(launcher);
    command.addAll(SparkPage.words(line, log, dir));
    Path output = dir.resolve("output.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(cluster.environment());

    Process process = builder.start();
    boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly().waitFor();

    String said = Files.readString(output);
    assertThat(said, ended, is(true));
    assertThat(said + cluster.said(), process.exitValue(), is(0));
    assertThat(said, containsString("reconciled: yes"));
    assertThat(digest(dir.resolve("fraud.db")), equalTo(expected));
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  private static String digest(Path view) {
    try (ViewStore store = Views.at("sqlite:" + view, 1).open()) {
      return ViewDigest.of(store, FraudViews.SCORED_TRANSACTIONS)
          + ViewDigest.of(store, FraudViews.ALERTS);
    }
  }
}
