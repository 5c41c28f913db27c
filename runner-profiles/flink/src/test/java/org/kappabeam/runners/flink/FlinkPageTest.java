package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.kappabeam.pipelines.cli.Kappa;

/**
 * The commands of docs/runners/flink.md: CI runs those that need nothing, {@link ClusterIT} does
 * what the others do; here every launch is tried with its options, as a dry run.
 */
class FlinkPageTest {
  private static final Path PAGE = Path.of("../../docs/runners/flink.md");
  private static final Path CI = Path.of("../../.ci/run");
  private static final Path RECIPES =
      Path.of("src/test/java/org/kappabeam/runners/flink/ClusterFixture.java");

  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LAUNCH =
      Pattern.compile(
          "(?:mvn -q compile exec:exec -Pflink-runner -Dexec\\.args=\"(?<maven>run [^\"]*)\""
              + "|java -jar runner-profiles/flink/target/kappa-flink\\.jar (?<bundle>run .*))");

  private static final Pattern CURL =
      Pattern.compile("curl -s (?:-X POST )?localhost:(?:8081|9249)(?<path>/\\S+).*");

  @Test
  void everyCommandIsRunByCiOrTriedHere() throws IOException {
    String ci = Files.readString(CI);
    String recipes = Files.readString(RECIPES);
    int launches = 0;
    for (String command : commands()) {
      Matcher launch = LAUNCH.matcher(command);
      Matcher curl = CURL.matcher(command);
      if (launch.matches()) {
        String args =
            launch.group("maven") == null ? launch.group("bundle") : launch.group("maven");
        assertThat(command, dryRun(args), is(0));
        launches++;
      } else if (curl.matches()) {
        // What the tests ask of the cluster is what the page asks.
        String path =
            curl.group("path").replace("JOB", "\" + job + \"").replace("REQUEST", "\" + trigger");
        assertThat(command, recipes, containsString(path.equals("/metrics") ? path : "\"" + path));
      } else {
        assertThat(ci, containsString(command.replace("mvn -q", "mvn -B -ntp -q")));
      }
    }
    assertThat(launches, greaterThan(2));
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    while (block.find()) {
      block.group(1).lines().filter(line -> !line.isBlank()).forEach(commands::add);
    }
    return commands;
  }

  private static int dryRun(String args) {
    StringWriter out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args.split(" ", -1)));
    all.add("--dryRun");
    return Kappa.execute(new PrintWriter(out), new PrintWriter(out), all.toArray(new String[0]));
  }
}
