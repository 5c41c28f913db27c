package org.kappabeam.runners.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The commands that the page on Spark shows, and what stands in for the reader's own servers. */
final class SparkPage {
  private static final Path PAGE = Path.of("../../docs/runners/spark.md");
  private static final Pattern LAUNCHED = Pattern.compile("-Dexec\\.args=\"([^\"]*)\"");

  private SparkPage() {}

  /** What is given to the launcher, in the order of the page. */
  static List<String> launched() throws IOException {
    return LAUNCHED
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult command) -> command.group(1))
        .toList();
  }

  /** The lines of a program, such as {@code java -jar}. */
  static List<String> linesOf(String program) throws IOException {
    return Files.readString(PAGE).lines().filter(line -> line.startsWith(program + " ")).toList();
  }

  /** A command with a broker and files of a test. */
  static List<String> words(String command, String log, Path dir) {
    return List.of(
        command
            .replace("kafka://localhost:9092/transactions", log)
            .replace("sqlite:fraud.db", "sqlite:" + dir.resolve("fraud.db"))
            .replace("plan.json", dir.resolve("plan.json").toString())
            .split(" +", -1));
  }
}
