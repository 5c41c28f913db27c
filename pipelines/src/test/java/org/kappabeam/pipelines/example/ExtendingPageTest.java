package org.kappabeam.pipelines.example;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/extending.md shows the example as it is compiled and run. */
class ExtendingPageTest {
  private static final Path PAGE = Path.of("../docs/extending.md");
  private static final Path SOURCES = Path.of("src/test/java/org/kappabeam/pipelines/example");
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Pattern SHOWN =
      Pattern.compile("<!-- (\\S+) -->\\n```\\w*\\n(.*?)\\n```\\n", Pattern.DOTALL);
  private static final Pattern LAST_IMPORT = Pattern.compile("^import .*;$", Pattern.MULTILINE);

  @TestFactory
  List<DynamicTest> everyBlockIsTheFileItNames() throws IOException {
    Matcher blocks = SHOWN.matcher(Files.readString(PAGE));
    List<DynamicTest> tests = new ArrayList<>();
    while (blocks.find()) {
      String name = blocks.group(1);
      String shown = blocks.group(2);
      tests.add(
          DynamicTest.dynamicTest(
              name, () -> assertThat(shown, equalTo(withoutImports(find(name))))));
    }
    assertThat(tests.size(), greaterThan(7));
    return tests;
  }

  @Test
  void noClassOfTheExampleIsLeftOut() throws IOException {
    List<String> shown =
        SHOWN.matcher(Files.readString(PAGE)).results().map(m -> m.group(1)).toList();
    try (Stream<Path> files = Files.list(SOURCES)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("package-info.java") && !name.startsWith("ExtendingPage"))
          .forEach(name -> assertThat(shown, hasItem(name)));
    }
  }

  private static Path find(String name) throws IOException {
    try (Stream<Path> sources = Files.walk(SOURCES);
        Stream<Path> resources = Files.walk(RESOURCES)) {
      return Stream.concat(sources, resources)
          .filter(file -> file.endsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String withoutImports(Path file) throws IOException {
    String text = Files.readString(file);
    int from = text.startsWith("package ") ? text.indexOf('\n') : 0;
    Matcher imports = LAST_IMPORT.matcher(text);
    while (imports.find()) {
      from = imports.end();
    }
    return text.substring(from).strip();
  }
}
