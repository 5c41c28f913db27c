package org.kappabeam.terraform.binary;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kinesis module with the real AWS provider and a mocked account. */
class AwsIT {
  @TempDir Path scratch;

  /**
   * Terraform links to the provider; who empties the directory should not wonder where that leads.
   */
  @AfterEach
  void unlink() throws IOException {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  @Test
  void theModuleKeepsItsTestsAndFaultsAreFound() throws Exception {
    Terraform terraform = Terraform.withAws(scratch);
    Path module = Copy.of(scratch).resolve("modules/kinesis");
    passes(terraform, module, "init", "-backend=false");
    passes(terraform, module, "test");

    Copy.change(
        module.resolve("main.tf"),
        "rotation_period_in_days = 90",
        "rotation_period_in_days = 3000");
    fails(terraform, module, "expected rotation_period_in_days to be in the range", "validate");
  }

  @Test
  void theEnvironmentWithTheModuleIsValidAndFaultsAreFound() throws Exception {
    Terraform terraform = Terraform.withAws(scratch);
    Path environment = Copy.of(scratch).resolve("environments/kinesis");
    passes(terraform, environment, "init", "-backend=false");
    passes(terraform, environment, "validate");

    Copy.change(environment.resolve("main.tf"), "alarm_email ", "alarm_mail ");
    fails(terraform, environment, "Missing required argument", "validate");
  }

  private static void passes(Terraform terraform, Path directory, String... arguments)
      throws Exception {
    Terraform.Result result = terraform.run(directory, arguments);
    assertThat(result.output(), result.code(), is(0));
  }

  private static void fails(
      Terraform terraform, Path directory, String finding, String... arguments) throws Exception {
    Terraform.Result result = terraform.run(directory, arguments);
    assertThat(result.output(), result.code(), not(0));
    assertThat(result.output(), containsString(finding));
  }
}
