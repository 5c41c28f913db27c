package org.kappabeam.terraform.binary;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.terraform.check.PageCheck;

/** What needs Terraform, but no provider. */
class TerraformIT {
  @TempDir Path scratch;
  private Terraform terraform;
  private Path copy;

  @BeforeEach
  void copy() throws IOException {
    terraform = Terraform.withoutProviders(scratch);
    copy = Copy.of(scratch);
  }

  private void passes(Path directory, String... arguments) throws Exception {
    Terraform.Result result = terraform.run(directory, arguments);
    assertThat(result.output(), result.code(), is(0));
  }

  private String fails(Path directory, String... arguments) throws Exception {
    Terraform.Result result = terraform.run(directory, arguments);
    assertThat(result.output(), result.code(), not(0));
    return result.output();
  }

  @Test
  void everyFileIsFormatted() throws Exception {
    passes(copy, "fmt", "-check", "-recursive", "-diff");
    Copy.change(copy.resolve("modules/kms/main.tf"), "  project  = ", "  project = ");
    assertThat(fails(copy, "fmt", "-check", "-recursive"), containsString("modules/kms/main.tf"));
  }

  @Test
  void everyModuleAndEnvironmentLoads() throws Exception {
    int modules = 0;
    for (Path module : Copy.modules(copy)) {
      passes(module, "get");
      modules++;
    }
    assertThat(modules, greaterThan(18));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "platform | main.tf | ../modules/kms | ../modules/keys | Unreadable module directory",
        "modules/kms | main.tf | resource \"google_kms_key_ring\" \"keys\" { | resource"
            + " \"google_kms_key_ring\" { | Missing name for resource",
        "modules/kms | variables.tf | variable \"region\" | variable \"key_ring\" | Duplicate"
            + " variable declaration",
        "modules/kms | outputs.tf | output \"key_ids\" { | output \"key_ids\" | Invalid block",
        "environments/prod | main.tf | module \"platform\" { | module { | Missing name for module",
      })
  void whatDoesNotLoadIsFound(
      String module, String file, String right, String wrong, String finding) throws Exception {
    Path folder = copy.resolve(module);
    Copy.change(folder.resolve(file), right, wrong);
    assertThat(fails(folder, "get"), containsString(finding));
  }

  @Test
  void contractKeepsItsTests() throws Exception {
    Path contract = copy.resolve("modules/contract");
    passes(contract, "init", "-backend=false");
    passes(contract, "validate");
    passes(contract, "test");
    Copy.change(
        contract.resolve("variables.tf"),
        "var.log_retention_days >= 7",
        "var.log_retention_days >= 1");
    assertThat(fails(contract, "test"), containsString("1 failed"));
  }

  @Test
  void mistypedOptionsAreRefused() throws Exception {
    Path options = variablesOf("modules/dataflow-flex", "parameters.tf", "parameter_names.tf");
    Files.writeString(
        options.resolve("options.tftest.hcl"),
        """
        variables {
          parameters = { log = "kafka://b:9092/t", view = "sqlite:a.db" }
        }
        run "knows_all" {
          command = plan
          variables {
            parameter_names = ["log", "view", "allowedLateness"]
          }
        }
        run "knows_no_typo" {
          command = plan
          variables {
            parameter_names = ["log", "view", "allowedLatness"]
          }
          expect_failures = [var.parameter_names]
        }
        """);
    passes(options, "test");
  }

  @Test
  void valuesThatCannotBeAreRefused() throws Exception {
    refuses(
        "modules/network",
        "project_id = \"p\", region = \"r\", name = \"n\"",
        "cidr = \"8.8.8.0/24\" -> cidr",
        "cidr = \"ten\" -> cidr");
    refuses(
        "modules/observability",
        "project_id = \"p\", project_number = \"1\", name = \"n\", dashboard = \"d\","
            + " dashboard_file = \"f\", job = \"j\", subscription = \"s\", undelivered = \"u\","
            + " labels = {}, emails = [\"a@b\"], documentation = \"https://a/b\", budget ="
            + " { billing_account = \"012345-6789AB-CDEF01\", currency = \"EUR\", amount = 1 }",
        "emails = [] -> emails",
        "documentation = \"http://a/b\" -> documentation",
        "documentation = \"https://a/b/\" -> documentation",
        "limits = { lag_seconds = 0 } -> limits",
        "budget = { billing_account = \"mine\", currency = \"EUR\", amount = 1 } -> budget");
    refuses(
        "platform",
        "project_id = \"p\", region = \"europe-west1\", environment = \"dev\", emails = [\"a@b\"],"
            + " documentation = \"https://a\", budget ="
            + " { billing_account = \"012345-6789AB-CDEF01\", currency = \"EUR\", amount = 1 }",
        "bigtable = true -> zone",
        "bigtable = true, zone = \"us-east1-b\" -> zone",
        "launch = true -> launch",
        "image_tag = \"latest\" -> image_tag",
        "classic_template = \"/tmp/template\" -> classic_template",
        "classic_template = \"gs://a/b\", launch = true, image_tag = \"1\" -> classic_template");
    refuses(
        "modules/bigquery",
        "project_id = \"p\", region = \"r\", dataset = \"d\", kms_key = \"k\", labels = {}, tables = {},"
            + " views = {}, schemas = \"s\", worker = \"w\", replayer = \"p\", reader = \"r\"",
        "partitioning = \"WEEK\" -> partitioning");
  }

  @Test
  void limitsThatAreLeftOutHaveDefaults() throws Exception {
    Path module = variablesOf("modules/observability", "variables.tf");
    Files.writeString(module.resolve("out.tf"), "output \"limits\" {\n  value = var.limits\n}\n");
    Files.writeString(
        module.resolve("limits.tftest.hcl"),
        """
        variables {
          %s
          limits = { lag_seconds = 5, backlog_seconds = null }
        }
        run "defaults" {
          command = plan
          assert {
            condition     = output.limits.lag_seconds == 5 && output.limits.backlog_seconds == 900
            error_message = "A limit has no default."
          }
        }
        """
            .formatted(
                "project_id = \"p\"\nproject_number = \"1\"\nname = \"n\"\ndashboard = \"d\"\n"
                    + "dashboard_file = \"f\"\njob = \"j\"\nsubscription = \"s\"\nundelivered ="
                    + " \"u\"\nlabels = {}\nemails = [\"a@b\"]\ndocumentation = \"https://a/b\"\n"
                    + "budget = { billing_account = \"012345-6789AB-CDEF01\", currency = \"EUR\","
                    + " amount = 1 }"));
    passes(module, "test");
  }

  @Test
  void dashboardAndTemplateBecomeWhatGoogleIsGiven() throws Exception {
    Path module = Files.createDirectories(scratch.resolve("rendered"));
    Files.copy(
        Copy.ROOT.resolve("runner-profiles/dataflow/templates/fraud.flex.json"),
        module.resolve("spec.json"));
    Files.copy(copy.resolve("dashboards/overview.json.tftpl"), module.resolve("dashboard.tftpl"));
    Files.writeString(
        module.resolve("main.tf"),
        """
        output "dashboard" {
          value = jsondecode(templatefile("${path.module}/dashboard.tftpl", {
            title = "t", job = "j", subscription = "s", undelivered = "u"
          }))
        }
        output "spec" {
          value = jsondecode(jsonencode(merge(jsondecode(file("${path.module}/spec.json")), { image = "i" })))
        }
        """);
    Files.writeString(
        module.resolve("rendered.tftest.hcl"),
        """
        run "renders" {
          command = plan
          assert {
            condition     = output.dashboard.displayName == "t" && output.spec.image == "i" && output.spec.sdkInfo.language == "JAVA"
            error_message = "Something is lost on the way."
          }
          assert {
            condition     = length(regexall("job_name=..j", jsonencode(output.dashboard))) > 5
            error_message = "The dashboard does not name the job."
          }
        }
        """);
    passes(module, "test");
  }

  /** A module of its variables only: that needs no provider, so its validations can be run. */
  private Path variablesOf(String module, String... files) throws IOException {
    Path folder = Files.createDirectories(scratch.resolve("only-" + module.replace('/', '-')));
    for (String file : files) {
      Files.copy(copy.resolve(module).resolve(file), folder.resolve(file));
    }
    return folder;
  }

  /**
   * Runs a module's validations.
   *
   * @param cases values, {@code ->}, and the variable that refuses them
   */
  private void refuses(String module, String values, String... cases) throws Exception {
    Path folder = variablesOf(module, "variables.tf");
    StringBuilder tests = new StringBuilder();
    tests.append("variables {\n").append(lines(values)).append("}\n");
    tests.append("run \"takes_what_is_right\" {\n  command = plan\n}\n");
    for (int i = 0; i < cases.length; i++) {
      String[] parts = cases[i].split(" -> ", -1);
      tests.append(
          """
          run "refuses_%d" {
            command = plan
            variables {
              %s
            }
            expect_failures = [var.%s]
          }
          """
              .formatted(i, lines(parts[0]), parts[1]));
    }
    Files.writeString(folder.resolve("values.tftest.hcl"), tests.toString());
    passes(folder, "test");
  }

  /** A value to a line; commas in braces and brackets stay. */
  private static String lines(String values) {
    return values.replaceAll(", (?=\\w+ = (?![^{]*}))", "\n") + "\n";
  }

  @Test
  void theOfflineCommandsOfThePageRun() throws Exception {
    String page = Files.readString(Copy.ROOT.resolve("docs/cloud.md"));
    int commands = 0;
    for (String block : PageCheck.code(page, "sh")) {
      Terraform.Result syntax = terraform.shell(scratch, "bash -n <<'END'\n" + block + "END");
      assertThat(syntax.output(), syntax.code(), is(0));
      for (String line : block.lines().toList()) {
        if (line.startsWith("terraform fmt") || line.contains("modules/contract")) {
          Terraform.Result result = terraform.shell(scratch, line);
          assertThat(line + "\n" + result.output(), result.code(), is(0));
          commands++;
        }
      }
    }
    assertThat(commands, is(4));
  }
}
