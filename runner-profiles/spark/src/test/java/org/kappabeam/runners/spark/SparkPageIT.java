package org.kappabeam.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;

/** The page on Spark, command by command. */
class SparkPageIT {
  @TempDir private Path dir;

  @Test
  void everyCommandThatIsLaunchedOnThePageWorks() throws Exception {
    List<String> run = new ArrayList<>();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      for (String command : SparkPage.launched()) {
        List<String> words =
            new ArrayList<>(SparkPage.words(command, kafka.uri("transactions"), dir));
        if (words.get(0).equals("plan")) {
          // On the page it goes to where the reader stands.
          words.add("--out=" + dir.resolve("plan.json"));
        }
        Called.succeed(words.toArray(String[]::new));
        run.add(words.get(0));
      }
    }
    assertThat(run, is(List.of("simulate", "run", "plan", "replay", "compare", "promote")));
  }
}
