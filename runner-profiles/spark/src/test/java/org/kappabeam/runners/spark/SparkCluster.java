package org.kappabeam.runners.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A standalone Spark cluster: a master and workers as processes of their own, from Spark's jars.
 */
final class SparkCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Path CLASS_PATH = Path.of("target/spark.classpath");
  private static final int WORKERS = 2;
  private static final long PATIENCE_SECONDS = 180;

  private final Path dir;
  private final int port = freePort();
  private final int page = freePort();
  private final List<Process> processes = new ArrayList<>();

  private SparkCluster(Path dir) {
    this.dir = dir;
  }

  /**
   * Starts it, and waits for its workers.
   *
   * @param dir an empty directory for its files
   */
  static SparkCluster start(Path dir) throws Exception {
    SparkCluster cluster = new SparkCluster(dir);
    try {
      cluster.startProcesses();
      return cluster;
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** Spark's own class path, as it lies on a cluster. */
  static String classPath() throws IOException {
    return Files.readString(CLASS_PATH).strip();
  }

  /** What jobs are given as their master. */
  String master() {
    return "spark://" + HOST + ":" + port;
  }

  private void startProcesses() throws Exception {
    // Workers start executors on the jars of an installed Spark.
    Path jars = Files.createDirectories(home().resolve("jars"));
    for (String jar : classPath().split(File.pathSeparator, -1)) {
      Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
    }
    start(
        "master",
        "org.apache.spark.deploy.master.Master",
        "--host",
        HOST,
        "--port",
        Integer.toString(port),
        "--webui-port",
        Integer.toString(page));
    for (int worker = 1; worker <= WORKERS; worker++) {
      start(
          "worker" + worker,
          "org.apache.spark.deploy.worker.Worker",
          "--host",
          HOST,
          "--webui-port",
          "0",
          "--cores",
          "1",
          "--memory",
          "1g",
          "--work-dir",
          dir.resolve("work" + worker).toString(),
          master());
    }
    awaitWorkers();
  }

  private void start(String name, String main, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("@" + System.getProperty("kappa.java.args"));
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(classPath());
    command.add(main);
    command.addAll(List.of(args));
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(name + ".log").toFile());
    process.environment().putAll(environment());
    processes.add(process.start());
  }

  /** What the scripts of an installed Spark set. */
  Map<String, String> environment() {
    return Map.of(
        "SPARK_HOME",
        home().toString(),
        "SPARK_SCALA_VERSION",
        "2.12",
        "SPARK_LOCAL_IP",
        HOST,
        "SPARK_LOCAL_DIRS",
        dir.resolve("local").toString());
  }

  private Path home() {
    return dir.resolve("spark");
  }

  private void awaitWorkers() throws Exception {
    URI status = URI.create("http://" + HOST + ":" + page + "/json/");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (aliveWorkers(status) < WORKERS) {
      for (Process process : processes) {
        if (!process.isAlive()) {
          throw new AssertionError("a process of the cluster ended: " + said());
        }
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the cluster did not come up: " + said());
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static int aliveWorkers(URI status) {
    try {
      return new ObjectMapper().readTree(status.toURL()).at("/aliveworkers").asInt();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The end of what its processes have logged. */
  String said() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String name : List.of("master", "worker1", "worker2")) {
      Path file = dir.resolve(name + ".log");
      String all = Files.exists(file) ? Files.readString(file) : "";
      said.append("\n--- ").append(name).append('\n');
      said.append(all.substring(Math.max(0, all.length() - 2_000)));
    }
    return said.toString();
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
