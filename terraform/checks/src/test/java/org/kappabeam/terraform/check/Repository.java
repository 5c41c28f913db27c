package org.kappabeam.terraform.check;

import java.nio.file.Path;
import org.kappabeam.terraform.config.Configuration;

/** The files of this repository. */
final class Repository {
  static final Path ROOT = Path.of(System.getProperty("kappa.root"));

  private static final Configuration CONFIGURATION = Configuration.read(ROOT);

  private Repository() {}

  static Configuration configuration() {
    return CONFIGURATION;
  }
}
