package org.kappabeam.runners.dataflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own, as people start it. */
final class Child implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 240;

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param environment beside that of this process
   */
  static Child start(Path dir, Map<String, String> environment, List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("../../.mvn/java.args").toAbsolutePath().normalize());
    command.add("-Xmx512m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("org.kappabeam.pipelines.cli.Kappa");
    command.addAll(args);
    Path out = Files.createTempFile(dir, "out", ".txt");
    Path err = Files.createTempFile(dir, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    // Java tells of it on standard error, where every line of ours is checked.
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().putAll(environment);
    return new Child(
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** Waits until it has written a text to standard output. */
  void awaitOut(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!out().contains(text)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("no '" + text + "' in\n" + out() + err());
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Asks it to end, as Ctrl-C does; not by SIGINT, which a test in the background would ignore. */
  void interrupt() {
    process.destroy();
  }

  /** Waits for its end and returns the exit code. */
  int await() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end:\n" + out() + err());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
