package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.dataflow.model.ContainerSpec;
import com.google.api.services.dataflow.model.ParameterMetadata;
import com.google.api.services.dataflow.model.TemplateMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.kappabeam.pipelines.cli.OptionCatalog;
import org.kappabeam.pipelines.pilot.KappaOptions;

/**
 * The generated files are as the program would make them now, and as Google's client reads them.
 */
class GeneratedFilesTest {
  private static final Path ROOT = Path.of("../..");

  /** Writes them instead of comparing them. */
  private static final boolean WRITE = Boolean.getBoolean("kappa.write");

  private static final String COMMAND =
      "mvn -q test -pl runner-profiles/dataflow -am -Dtest=GeneratedFilesTest -Dkappa.write=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @TestFactory
  Stream<DynamicTest> noFileDiffersFromTheProgram() {
    return TemplateFiles.all().entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey().toString(), () -> compare(file.getKey(), file.getValue())));
  }

  private static void compare(Path path, String made) throws IOException {
    Path file = ROOT.resolve(path);
    if (WRITE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, made);
    }
    String there = Files.exists(file) ? Files.readString(file) : "";
    assertThat(
        path + " is not what the program makes. If the change is meant: " + COMMAND,
        difference(there, made),
        is(empty()));
  }

  /** The lines that only one of them has. */
  private static List<String> difference(String there, String made) {
    List<String> old = there.lines().toList();
    List<String> fresh = made.lines().toList();
    List<String> difference = new ArrayList<>();
    old.stream().filter(line -> !fresh.contains(line)).forEach(line -> difference.add("- " + line));
    fresh.stream().filter(line -> !old.contains(line)).forEach(line -> difference.add("+ " + line));
    if (difference.isEmpty() && !there.equals(made)) {
      difference.add("the lines are the same, in another order");
    }
    return difference;
  }

  @Test
  void aChangedLineIsShownAsItIsAndAsItShouldBe() {
    assertThat(difference("a\nb\n", "a\nc\n"), contains("- b", "+ c"));
    assertThat(difference("a\nb\n", "b\na\n"), not(empty()));
    assertThat(difference("a\nb\n", "a\nb\n"), is(empty()));
  }

  @Test
  void theCommandThatWritesThemIsOnThePage() throws IOException {
    assertThat(
        Files.readString(ROOT.resolve("docs/runners/dataflow.md")).contains(COMMAND), is(true));
  }

  @Test
  void googlesClientKnowsEveryFieldOfTheContainerSpec() throws IOException {
    ContainerSpec spec = read("fraud.flex.json", ContainerSpec.class);

    assertThat(unknown(spec), is(empty()));
    assertThat(spec.getSdkInfo().getLanguage(), is("JAVA"));
    assertThat(spec.getDefaultEnvironment().getIpConfiguration(), is("WORKER_IP_PRIVATE"));
    assertThat(spec.getDefaultEnvironment().getEnableStreamingEngine(), is(true));
    assertThat(spec.getDefaultEnvironment().getMaxWorkers(), is(4));
    // Who starts it says them.
    assertThat(spec.getDefaultEnvironment().getServiceAccountEmail(), is(nullValue()));
    assertThat(spec.getDefaultEnvironment().getKmsKeyName(), is(nullValue()));
    assertThat(names(spec.getMetadata()), equalTo(options()));
  }

  @Test
  void theMetadataFileIsThatOfTheContainerSpec() throws IOException {
    TemplateMetadata metadata = read("fraud.metadata.json", TemplateMetadata.class);

    assertThat(unknown(metadata), is(empty()));
    assertThat(metadata, equalTo(read("fraud.flex.json", ContainerSpec.class).getMetadata()));
  }

  @Test
  void aClassicTemplateHasNoParameters() throws IOException {
    TemplateMetadata metadata = read("fraud.classic.metadata.json", TemplateMetadata.class);

    assertThat(unknown(metadata), is(empty()));
    assertThat(metadata.getParameters(), is(empty()));
  }

  @Test
  void everyDefaultFitsItsOwnRegex() throws IOException {
    for (ParameterMetadata parameter :
        read("fraud.metadata.json", TemplateMetadata.class).getParameters()) {
      if (parameter.getDefaultValue() != null && parameter.getRegexes() != null) {
        for (String regex : parameter.getRegexes()) {
          assertThat(
              parameter.getName(), Pattern.matches(regex, parameter.getDefaultValue()), is(true));
        }
      }
    }
  }

  private static <T extends GenericJson> T read(String template, Class<T> type) throws IOException {
    String text = Files.readString(Path.of("templates", template));
    return GsonFactory.getDefaultInstance().fromString(text, type);
  }

  private static List<String> options() {
    return OptionCatalog.of(KappaOptions.class).stream().map(OptionCatalog.Declared::name).toList();
  }

  private static List<String> names(TemplateMetadata metadata) {
    return metadata.getParameters().stream().map(ParameterMetadata::getName).toList();
  }

  /** Fields that Google's model of the service does not have, at any depth. */
  private static List<String> unknown(GenericJson json) {
    List<String> unknown = new ArrayList<>(json.getUnknownKeys().keySet());
    for (Map.Entry<String, Object> field : json.entrySet()) {
      collect(field.getValue(), unknown);
    }
    return unknown;
  }

  private static void collect(Object value, List<String> unknown) {
    if (value instanceof GenericJson json) {
      unknown.addAll(unknown(json));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> collect(each, unknown));
    }
  }
}
