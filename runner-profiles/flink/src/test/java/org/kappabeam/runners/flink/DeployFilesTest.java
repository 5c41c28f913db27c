package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.streaming.api.environment.ExecutionCheckpointingOptions;
import org.junit.jupiter.api.Test;
import org.kappabeam.pipelines.cli.Kappa;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The files that users copy to their clusters: what Flink and the command line would make of them.
 */
class DeployFilesTest {
  private static final Path DEPLOY = Path.of("deploy");

  private static final List<Class<?>> FLINK_OPTIONS =
      List.of(
          CheckpointingOptions.class,
          CoreOptions.class,
          ExecutionCheckpointingOptions.class,
          HeartbeatManagerOptions.class,
          HighAvailabilityOptions.class,
          MetricOptions.class,
          RestartStrategyOptions.class,
          StateBackendOptions.class,
          TaskManagerOptions.class,
          WebOptions.class);

  @Test
  void everyKeyIsOneThatFlinkKnows() throws Exception {
    Set<String> known = new TreeSet<>();
    for (Class<?> options : FLINK_OPTIONS) {
      for (Field field : options.getFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && field.get(null) instanceof ConfigOption<?> option) {
          known.add(option.key());
          option.fallbackKeys().forEach(key -> known.add(key.getKey()));
        }
      }
    }
    Set<String> unknown = new TreeSet<>(ofTheDeployment().keySet());
    unknown.addAll(ofClusters().keySet());
    unknown.removeIf(key -> key.startsWith("metrics.reporter.prom."));
    assertThat(unknown.size(), greaterThan(15));
    unknown.removeAll(known);
    assertThat(unknown, is(empty()));
  }

  @Test
  void kubernetesIsGivenWhatEveryClusterIsGiven() throws IOException {
    Map<String, String> deployed = ofTheDeployment();
    ofClusters().forEach((key, value) -> assertThat(deployed, hasEntry(key, value)));
  }

  @Test
  void theDeploymentStartsThisProgramOnThisFlinkAndUpgradesItWithASavepoint() throws IOException {
    Map<?, ?> spec = (Map<?, ?>) yaml("flinkdeployment.yaml").get("spec");
    Map<?, ?> job = (Map<?, ?>) spec.get("job");
    String flink =
        org.apache.flink.runtime.util.EnvironmentInformation.getVersion()
            .replaceFirst("^(\\d+)\\.(\\d+)\\..*", "v$1_$2");
    assertThat(spec.get("flinkVersion"), is(flink));
    assertThat(job.get("entryClass"), is(Kappa.class.getName()));
    assertThat(job.get("upgradeMode"), is("savepoint"));
    assertThat(job.get("allowNonRestoredState"), is(false));
    assertThat(((List<?>) job.get("args")).contains("--flinkMaster=[auto]"), is(true));
  }

  @Test
  void noSecretIsInThem() throws IOException {
    for (String file : List.of("config.yaml", "flinkdeployment.yaml")) {
      String text = Files.readString(DEPLOY.resolve(file));
      assertThat(text, not(containsString("password=")));
      assertThat(text, not(containsString("secret-key:")));
    }
    assertThat(
        Files.readString(DEPLOY.resolve("flinkdeployment.yaml")), containsString("secretKeyRef"));
  }

  private static Map<String, String> ofTheDeployment() throws IOException {
    Map<?, ?> spec = (Map<?, ?>) yaml("flinkdeployment.yaml").get("spec");
    return texts((Map<?, ?>) spec.get("flinkConfiguration"));
  }

  private static Map<String, String> ofClusters() throws IOException {
    return texts(yaml("config.yaml"));
  }

  private static Map<String, String> texts(Map<?, ?> map) {
    return map.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> String.valueOf(entry.getKey()),
                entry -> String.valueOf(entry.getValue()),
                (one, other) -> one,
                TreeMap::new));
  }

  private static Map<?, ?> yaml(String file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions()))
        .load(Files.readString(DEPLOY.resolve(file)));
  }
}
