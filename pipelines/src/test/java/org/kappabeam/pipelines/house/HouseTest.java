package org.kappabeam.pipelines.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Arrows point down only: pipelines → transforms → coders. What decides a view knows no connector,
 * no vendor, no runner, no clock. The same rules are held against planted offenders, of which each
 * must be found.
 */
class HouseTest {
  private static final String ROOT = "org.kappabeam";
  private static final String PLANTED = HouseTest.class.getPackageName() + ".planted";

  private static final String[] VENDORS = {
    "org.apache.kafka..",
    "java.sql..",
    "javax.sql..",
    "org.sqlite..",
    "org.postgresql..",
    "com.datastax..",
    "com.google.api.services..",
    "com.google.cloud..",
    "com.google.pubsub..",
    "com.google.bigtable..",
    "software.amazon.."
  };
  private static final String[] CONNECTORS = {
    "kafka", "pubsub", "kinesis", "archive", "jdbc", "cassandra", "bigtable", "bigquery"
  };
  private static final String[] RUNNERS = {
    "org.apache.beam.runners..", "org.apache.flink..", "org.apache.spark.."
  };
  private static final Set<String> CLOCKS = Set.of("currentTimeMillis", "nanoTime", "now");
  private static final Set<String> SURROUNDINGS = Set.of("getenv", "getProperty", "random");

  /** The rules, for a house that stands in the package {@code root}. */
  private static Map<String, ArchRule> rules(String root) {
    String coders = root + ".coders..";
    String transforms = root + ".transforms..";
    String pipelines = root + ".pipelines..";
    String[] connectors = packages(root, "transforms.", CONNECTORS);
    String[] pure =
        packages(root, "transforms.", "decode", "fold", "shard", "deadletter", "observe");
    String[] contracts = packages(root, "transforms.", "log", "view");
    String[] pilots = packages(root, "pipelines.", "fraud", "pilot");
    String[] deciding =
        join(
            new String[] {coders},
            packages(root, "transforms.", "decode", "fold", "shard"),
            packages(root, "pipelines.", "fraud"));

    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("coders know no room above", in(coders).should(know(transforms, pipelines)));
    rules.put("transforms know no pipeline", in(transforms).should(know(pipelines)));
    rules.put(
        "pure transforms and contracts know no connector and no vendor",
        in(join(pure, contracts)).should(know(join(connectors, VENDORS))));
    for (String connector : CONNECTORS) {
      String[] others =
          Arrays.stream(CONNECTORS).filter(c -> !c.equals(connector)).toArray(String[]::new);
      rules.put(
          "the connector " + connector + " knows no other",
          in(packages(root, "transforms.", connector))
              .should(know(packages(root, "transforms.", others))));
    }
    rules.put(
        "pilots name no runner, no connector and no vendor",
        in(pilots).should(know(join(RUNNERS, connectors, VENDORS))));
    rules.put(
        "what decides a view asks no clock and no surroundings",
        in(deciding).should().callMethodWhere(asksClockOrSurroundings()));
    rules.put(
        "what decides a view throws no dice",
        in(deciding)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, SecureRandom.class, UUID.class, Clock.class));
    rules.put(
        "nobody reads or writes serialized Java",
        in(coders, transforms, pipelines)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class));
    return rules;
  }

  private static GivenClassesConjunction in(String... packages) {
    return noClasses().that().resideInAnyPackage(packages);
  }

  private static ArchCondition<JavaClass> know(String... packages) {
    return ArchConditions.dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(packages));
  }

  private static DescribedPredicate<JavaMethodCall> asksClockOrSurroundings() {
    return DescribedPredicate.describe(
        "a clock, the environment or chance is asked",
        call -> {
          AccessTarget target = call.getTarget();
          String owner = target.getOwner().getName();
          boolean time = owner.startsWith("java.time.") || owner.startsWith("org.joda.time.");
          boolean system = owner.equals("java.lang.System") || owner.equals("java.lang.Math");
          return ((time || system) && CLOCKS.contains(target.getName()))
              || (system && SURROUNDINGS.contains(target.getName()));
        });
  }

  private static String[] packages(String root, String room, String... names) {
    return Arrays.stream(names).map(name -> root + "." + room + name + "..").toArray(String[]::new);
  }

  private static String[] join(String[]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(String[]::new);
  }

  @TestFactory
  List<DynamicTest> theHouseKeepsItsRules() {
    JavaClasses house =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
    assertThat(house.size(), greaterThan(100));
    List<DynamicTest> tests = new ArrayList<>();
    rules(ROOT)
        .forEach((name, rule) -> tests.add(DynamicTest.dynamicTest(name, () -> rule.check(house))));
    return tests;
  }

  @TestFactory
  List<DynamicTest> everyRuleFindsItsPlantedOffender() {
    JavaClasses offenders = new ClassFileImporter().importPackages(PLANTED);
    List<DynamicTest> tests = new ArrayList<>();
    rules(PLANTED)
        .forEach(
            (name, rule) ->
                tests.add(
                    DynamicTest.dynamicTest(
                        name,
                        () -> assertThat(rule.evaluate(offenders).hasViolation(), is(true)))));
    return tests;
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    assertThat(silentPackages(Path.of("..")), empty());
  }

  @Test
  void aPackageThatSaysNothingIsFound(@TempDir Path dir) throws IOException {
    Path silent = Files.createDirectories(dir.resolve("src/main/java/a"));
    Path told = Files.createDirectories(dir.resolve("src/main/java/b"));
    for (Path file :
        List.of(
            silent.resolve("A.java"), told.resolve("B.java"), told.resolve("package-info.java"))) {
      Files.writeString(file, "");
    }
    assertThat(silentPackages(dir), contains(Path.of("a")));
  }

  /** Packages of sources that no {@code package-info.java} anywhere in the house describes. */
  private static List<Path> silentPackages(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      Map<Path, Boolean> described = new TreeMap<>();
      files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/"))
          .forEach(
              file ->
                  described.merge(
                      packageOf(file), file.endsWith("package-info.java"), Boolean::logicalOr));
      return described.keySet().stream().filter(name -> !described.get(name)).toList();
    }
  }

  /** What follows the directory {@code java}. */
  private static Path packageOf(Path file) {
    String directory = file.getParent().toString();
    return Path.of(directory.substring(directory.lastIndexOf("/java/") + "/java/".length()));
  }
}
