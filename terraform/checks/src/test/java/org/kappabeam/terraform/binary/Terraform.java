package org.kappabeam.terraform.binary;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The program {@code terraform} of this machine, cut off from registries and from the settings of
 * whoever runs the test.
 */
final class Terraform {
  private static final boolean CI = Boolean.parseBoolean(System.getenv("CI"));
  private static final String AWS = "registry.terraform.io/hashicorp/aws";
  private static final long MINUTES = 3;

  private final Path settings;

  private Terraform(Path settings) {
    this.settings = settings;
  }

  /** What a command has said, and how it ended. */
  record Result(int code, String output) {}

  /**
   * Terraform without any provider; a test that cannot have it is skipped, and fails where {@code
   * CI} is {@code true}.
   *
   * @param scratch where its settings are put
   */
  static Terraform withoutProviders(Path scratch) throws IOException {
    boolean found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "terraform")));
    if (!found) {
      String message = "there is no terraform on the path: install it to run these checks";
      if (CI) {
        fail(message);
      }
      Assumptions.abort(message);
    }
    return new Terraform(
        Files.writeString(scratch.resolve("terraformrc"), "disable_checkpoint = true\n"));
  }

  /**
   * Terraform with the AWS provider from a directory of this machine; without one a test is
   * skipped, in CI as well, since the provider can only be had from its registry.
   */
  static Terraform withAws(Path scratch) throws IOException {
    Terraform terraform = withoutProviders(scratch);
    Optional<Path> plugins = plugins();
    if (plugins.isEmpty()) {
      Assumptions.abort(
          "there is no "
              + AWS
              + " on this machine: name its directory by -Dkappa.terraform.plugins");
    }
    Files.writeString(
        terraform.settings,
        """
        disable_checkpoint = true
        provider_installation {
          filesystem_mirror {
            path = "%s"
          }
        }
        """
            .formatted(plugins.get()));
    return terraform;
  }

  private static Optional<Path> plugins() throws IOException {
    String given = System.getProperty("kappa.terraform.plugins", "");
    if (!given.isEmpty()) {
      return Optional.of(Path.of(given)).filter(path -> Files.isDirectory(path.resolve(AWS)));
    }
    Path home = Path.of(System.getProperty("user.home"));
    List<Path> places =
        new ArrayList<>(
            List.of(
                home.resolve(".terraform.d/plugins"),
                home.resolve(".local/share/terraform/plugins"),
                Path.of("/usr/local/share/terraform/plugins"),
                Path.of("/usr/share/terraform/plugins")));
    Path packages = Path.of("/opt");
    if (Files.isDirectory(packages)) {
      try (Stream<Path> folders = Files.list(packages)) {
        folders.forEach(places::add);
      }
    }
    return places.stream().filter(path -> Files.isDirectory(path.resolve(AWS))).findFirst();
  }

  /** Runs Terraform in a directory. */
  Result run(Path directory, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("terraform");
    command.addAll(List.of(arguments));
    return execute(directory, command);
  }

  /** Runs a command of a page in a directory. */
  Result shell(Path directory, String line) throws IOException, InterruptedException {
    return execute(directory, List.of("bash", "-euc", line));
  }

  private Result execute(Path directory, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("TF_"));
    environment.put("TF_CLI_CONFIG_FILE", settings.toString());
    environment.put("TF_IN_AUTOMATION", "1");
    environment.put("TF_INPUT", "0");
    environment.put("TF_CLI_ARGS", "-no-color");
    environment.put("CHECKPOINT_DISABLE", "1");
    Path output = Files.createTempFile(settings.getParent(), "terraform", ".log");
    Process process = builder.redirectOutput(output.toFile()).start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      fail(String.join(" ", command) + " does not end");
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
