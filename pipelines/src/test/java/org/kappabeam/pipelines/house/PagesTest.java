package org.kappabeam.pipelines.house;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.event.DeadLetterReason;

/** What the pages under docs/ point at is there. */
class PagesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Contract))(?:\\.(\\w+))?`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      files
          .filter(file -> file.toString().contains("/src/test/java/"))
          .forEach(file -> sources.put(file.getFileName().toString(), file));
    }
    int named = 0;
    for (MatchResult test : find(TEST)) {
      String file = test.group(1) + ".java";
      assertThat(sources, hasKey(file));
      if (test.group(2) != null) {
        assertThat(
            Files.readString(sources.get(file)), containsString("void " + test.group(2) + "("));
      }
      named++;
    }
    assertThat(named, greaterThan(30));
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path page : pages()) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        String target = link.group(1);
        assertThat(page + ": " + target, Files.exists(page.resolveSibling(target)), is(true));
      }
    }
  }

  @Test
  void everyReasonOfDeadLettersHasItsAdvice() throws IOException {
    String page = Files.readString(DOCS.resolve("operations.md"));
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      assertThat(page, containsString("| `" + reason + "` |"));
    }
  }

  private static Iterable<MatchResult> find(Pattern pattern) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path page : pages()) {
      text.append(Files.readString(page)).append('\n');
    }
    return pattern.matcher(text).results().toList();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(DOCS)) {
      return files.filter(file -> file.toString().endsWith(".md")).toList();
    }
  }
}
