package org.kappabeam.transforms;

import java.nio.file.Path;

/**
 * Where the servers of integration tests are. These classes belong to the tests of several modules:
 * a directory of sources of its own, which each of them compiles, since a test jar would not be
 * there for {@code mvn compile exec:exec}.
 */
public final class TestServers {
  private TestServers() {}

  /** The build directory of {@code transforms/}, to which the build brings what is to be run. */
  public static Path buildDirectory() {
    // Modules stand side by side, and tests run in the directory of theirs.
    return Path.of("..", "transforms", "target").toAbsolutePath().normalize();
  }
}
