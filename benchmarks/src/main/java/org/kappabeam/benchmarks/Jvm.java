package org.kappabeam.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts children that have this process's class path and flags, but a heap of their own. */
final class Jvm {
  private Jvm() {}

  /** The child's output goes where this process's goes; its input is a pipe that ends with us. */
  static Process start(Class<?> main, List<String> flags, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("--add-") || flag.startsWith("-D")) {
        command.add(flag);
      }
    }
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.INHERIT)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .directory(new File("").getAbsoluteFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + main.getName(), e);
    }
  }

  /** In a child: ends it as soon as the parent is gone. */
  static void endWithParent() {
    Thread thread =
        new Thread(
            () -> {
              awaitParentsEnd();
              Runtime.getRuntime().halt(1);
            },
            "parent watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns when the parent closes the pipe or dies. */
  static void awaitParentsEnd() {
    try {
      while (System.in.read() >= 0) {
        // the parent writes nothing
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the pipe to the parent broke", e);
    }
  }
}
