package org.kappabeam.coders;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.kappabeam.coders");

  @Test
  void codersKnowNothingOfTheRoomsAbove() {
    assertThat(CLASSES.size(), greaterThan(10));
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.kappabeam.transforms..",
            "org.kappabeam.pipelines..",
            "org.apache.beam.runners..",
            "org.apache.beam.sdk.io..",
            "org.apache.flink..",
            "org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<Path> silent =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
              .toList();
      assertThat(silent, empty());
    }
  }

  @Test
  void packagesHaveNoCycles() {
    for (JavaPackage part : CLASSES.getPackage("org.kappabeam.coders").getSubpackages()) {
      noClasses()
          .that()
          .resideInAPackage("org.kappabeam.coders")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(part.getName() + "..")
          .check(CLASSES);
    }
  }
}
