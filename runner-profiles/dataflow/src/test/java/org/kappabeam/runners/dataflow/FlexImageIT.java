package org.kappabeam.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

/** What {@code -Pflex-image} has put into the image; skipped where it was not asked for. */
class FlexImageIT {
  private static final Path IMAGE = Path.of("target/kappa-flex.tar");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theImageHoldsTheProgramAndNothingElse() throws IOException {
    assumeTrue(Files.exists(IMAGE), "no image was built: -Pflex-image -Dflex.base=scratch");
    JsonNode config = null;
    List<String> files = new ArrayList<>();
    try (TarArchiveInputStream image = new TarArchiveInputStream(Files.newInputStream(IMAGE))) {
      for (TarArchiveEntry entry = image.getNextEntry();
          entry != null;
          entry = image.getNextEntry()) {
        if (entry.getName().endsWith(".tar.gz")) {
          files.addAll(files(new GZIPInputStream(new ByteArrayInputStream(image.readAllBytes()))));
        } else if (!entry.getName().equals("manifest.json")) {
          config = JSON.readTree(image.readAllBytes());
        }
      }
    }
    JsonNode container = config.path("config");
    assertThat(
        container.path("Entrypoint").toString(),
        is("[\"/opt/google/dataflow/java_template_launcher\"]"));
    String environment = container.path("Env").toString();
    assertThat(
        environment, containsString("FLEX_TEMPLATE_JAVA_MAIN_CLASS=" + FlexMain.class.getName()));
    assertThat(environment, containsString("KAPPA_PILOT=fraud"));
    assertThat(environment, containsString("/template/libs/*"));
    assertThat(files.size(), greaterThan(100));
    assertThat(
        files.stream().filter(file -> !file.startsWith("template/")).toList(), is(List.of()));
    assertThat(
        files.stream().filter(file -> file.contains("junit") || file.contains("emulator")).toList(),
        is(List.of()));
    assertThat(files, hasItem(startsWith("template/libs/kappa-pipelines-")));
  }

  private static List<String> files(InputStream layer) throws IOException {
    List<String> files = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(layer)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (!entry.isDirectory()) {
          files.add(entry.getName());
        }
      }
    }
    return files;
  }
}
