package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.cli.RunnerProfile;

/** The commands on docs/runners/dataflow.md, as far as they can be run without a cloud. */
class DataflowPageTest {
  private static final Path PAGE = Path.of("../../docs/runners/dataflow.md");
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LAUNCH =
      Pattern.compile(
          "(?:mvn -q compile exec:exec -Pdataflow-runner -Dexec.args=\"|java -jar"
              + " runner-profiles/dataflow/target/kappa-dataflow.jar )(run fraud [^\"]*)\"?");

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
    while (blocks.find()) {
      blocks.group(1).lines().forEach(commands::add);
    }
    return commands;
  }

  @TestFactory
  List<DynamicTest> everyLaunchIsOneWhoseJobCanBeBuilt() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String command : commands()) {
      Matcher launch = LAUNCH.matcher(command);
      if (launch.matches()) {
        tests.add(DynamicTest.dynamicTest(command, () -> dryRun(launch.group(1))));
      }
    }
    assertThat(tests.size(), greaterThan(4));
    return tests;
  }

  private static void dryRun(String args) {
    List<String> all = new ArrayList<>(List.of(args.split(" ")));
    if (!all.contains("--dryRun")) {
      all.add("--dryRun");
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int code =
        Kappa.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));

    assertThat(err.toString(), is(""));
    assertThat(code, is(0));
    assertThat(out.toString(), containsString("JOB_TYPE_STREAMING"));
  }

  /**
   * Other lines: Google's tool, which is not ours to test, and builds that other tests are about.
   */
  @Test
  void everyOtherCommandIsOfAKnownKind() throws IOException {
    List<String> known =
        List.of(
            "gcloud dataflow ",
            "mvn -q package -Pdataflow-runner",
            "mvn -q test -pl runner-profiles/dataflow ");
    assertThat(
        commands().stream()
            .filter(command -> !LAUNCH.matcher(command).matches())
            .filter(command -> known.stream().noneMatch(command::startsWith))
            .toList(),
        is(empty()));
  }

  @Test
  void everyDefaultIsInItsTable() throws IOException {
    String page = Files.readString(PAGE);

    new DataflowProfile()
        .defaults(new RunnerProfile.Launch(false))
        .forEach((name, value) -> assertThat(page, containsString("`" + name + "`")));
  }
}
