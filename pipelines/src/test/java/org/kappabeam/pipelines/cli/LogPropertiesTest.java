package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;

class LogPropertiesTest {
  @TempDir private Path dir;

  @Test
  void noFileIsNoSettings() {
    assertThat(LogProperties.load(null, Map.of()), is(anEmptyMap()));
  }

  @Test
  void referencesThatCanBeResolvedStayReferences() throws IOException {
    Path secret = Files.writeString(dir.resolve("secret"), "s3cret\n");
    String file =
        file("a=${env:USER_NAME}\nb=${file:" + secret + "}\nc=${file:" + secret + ":key}\nd=1");

    Map<String, String> settings = LogProperties.load(file, Map.of("USER_NAME", "s3cret"));

    assertThat(
        settings,
        equalTo(
            Map.of(
                "a",
                "${env:USER_NAME}",
                "b",
                "${file:" + secret + "}",
                "c",
                "${file:" + secret + ":key}",
                "d",
                "1")));
  }

  @Test
  void aMissingVariableIsNamed() throws IOException {
    String file = file("sasl.jaas.config=user ${env:NOT_SET} password s3cret");

    KappaException e = assertThrows(KappaException.class, () -> LogProperties.load(file, Map.of()));

    assertThat(e.getMessage(), containsString("environment variable NOT_SET"));
    assertThat(e.getMessage(), not(containsString("s3cret")));
  }

  @Test
  void aMissingSecretFileIsNamed() throws IOException {
    String file = file("p=${file:/no/such/file}");

    KappaException e = assertThrows(KappaException.class, () -> LogProperties.load(file, Map.of()));

    assertThat(e.getMessage(), containsString("/no/such/file"));
  }

  @Test
  void anUnknownKindOfReferenceIsRefused() throws IOException {
    String file = file("p=${vault:x}");

    KappaException e = assertThrows(KappaException.class, () -> LogProperties.load(file, Map.of()));

    assertThat(e.getMessage(), containsString("write ${env:NAME} or ${file:PATH}"));
  }

  private String file(String text) throws IOException {
    return Files.writeString(dir.resolve("log.properties"), text).toString();
  }
}
