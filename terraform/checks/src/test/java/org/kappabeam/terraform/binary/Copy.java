package org.kappabeam.terraform.binary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Copies of our files in which Terraform may leave what it leaves, and tests may break things. */
final class Copy {
  static final Path ROOT = Path.of(System.getProperty("kappa.root"));

  private Copy() {}

  /** Copies {@code terraform/}, without the checks. */
  static Path of(Path scratch) throws IOException {
    Path from = ROOT.resolve("terraform");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = from.relativize(file).toString();
        if (!path.startsWith("checks") && !path.contains(".terraform/")) {
          Path to = scratch.resolve("terraform").resolve(path);
          Files.createDirectories(to.getParent());
          Files.copy(file, to);
        }
      }
    }
    return scratch.resolve("terraform");
  }

  /** The folders that are modules: those with a file {@code .tf}. */
  static List<Path> modules(Path terraform) throws IOException {
    try (Stream<Path> files = Files.walk(terraform)) {
      return files
          .filter(file -> file.toString().endsWith(".tf"))
          .map(Path::getParent)
          .distinct()
          .sorted()
          .toList();
    }
  }

  /** Replaces a text in a file. */
  static void change(Path file, String right, String wrong) throws IOException {
    String before = Files.readString(file);
    String after = before.replace(right, wrong);
    if (after.equals(before)) {
      throw new IllegalArgumentException(file + " does not hold " + right);
    }
    Files.writeString(file, after);
  }
}
