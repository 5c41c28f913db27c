package org.kappabeam.runners.flink.standalone;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.kappabeam.coders.KappaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mvn -Pflink-cluster compile exec:exec}: a Flink cluster on this machine until Ctrl-C. */
@Command(
    name = "flink-cluster",
    mixinStandardHelpOptions = true,
    description =
        "Starts a Flink cluster on this machine, a JobManager and TaskManagers in processes of their"
            + " own, and keeps it up until Ctrl-C.")
final class StandaloneClusterMain implements Callable<Integer> {
  @Option(
      names = "--taskManagers",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many TaskManagers. Default: ${DEFAULT-VALUE}.")
  private int taskManagers;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "1",
      description = "Slots of each TaskManager. Default: ${DEFAULT-VALUE}.")
  private int slots;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8081",
      description = "Of the REST interface and the web page. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "kappa-flink",
      description =
          "For configuration, logs, checkpoints and savepoints. Default: ${DEFAULT-VALUE}.")
  private Path directory;

  private final PrintWriter out;

  private StandaloneClusterMain(PrintWriter out) {
    this.out = out;
  }

  /**
   * Starts it; the build says by system properties where Flink's libraries and the configuration
   * are.
   */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, java.nio.charset.StandardCharsets.UTF_8);
    CommandLine line = new CommandLine(new StandaloneClusterMain(out));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("flink-cluster: " + failure.getMessage());
          return 1;
        });
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    StandaloneCluster cluster =
        StandaloneCluster.in(
            directory, classPath(), Path.of(property("kappa.flink.config")), port, slots, Map.of());
    CountDownLatch asked = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  cluster.close();
                  asked.countDown();
                }));
    out.println("starting a JobManager and " + taskManagers + " TaskManagers");
    cluster.start(taskManagers);
    out.println("Flink is at http://" + cluster.address() + ", its files in " + directory);
    out.println("launch with --flinkMaster=" + cluster.address() + "; end it with Ctrl-C");
    asked.await();
    return 0;
  }

  private static String classPath() {
    Path file = Path.of(property("kappa.flink.classpath"));
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new KappaException("cannot read " + file, "start it by mvn -Pflink-cluster", e);
    }
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new KappaException(
          "the property " + name + " is not set", "start it by mvn -Pflink-cluster");
    }
    return value;
  }
}
