package org.kappabeam.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kappabeam.runners.flink.standalone.StandaloneCluster;

/** Flink clusters of processes for tests, with ZooKeeper where the JobManager is to be lost. */
final class ClusterFixture implements AutoCloseable {
  private static final List<String> NOT_STAGED =
      List.of(
          "/org/apache/flink/",
          "/org/junit/",
          "/net/jqwik/",
          "/archunit/",
          "/io/zonky/",
          "/bigtable-emulator",
          "/google-cloud-bigtable-emulator",
          "/scala-",
          "/kafka_2.13/",
          "/zookeeper",
          "/rocksdbjni/",
          "/frocksdbjni/");

  final StandaloneCluster flink;
  private final Process zooKeeper;

  private ClusterFixture(StandaloneCluster flink, Process zooKeeper) {
    this.flink = flink;
    this.zooKeeper = zooKeeper;
  }

  /** A highly available cluster: one that keeps its jobs when the JobManager is lost. */
  static ClusterFixture start(Path dir, int taskManagers) throws Exception {
    int port = freePort();
    Process zooKeeper = zooKeeper(Files.createDirectories(dir.resolve("zookeeper")), port);
    StandaloneCluster flink =
        StandaloneCluster.in(
            dir.resolve("flink"),
            classPath(),
            configuration(),
            0,
            1,
            new TreeMap<>(
                Map.of(
                    "high-availability.type",
                    "zookeeper",
                    "high-availability.zookeeper.quorum",
                    "localhost:" + port,
                    "high-availability.storageDir",
                    dir.resolve("ha").toUri().toString())));
    flink.start(taskManagers);
    return new ClusterFixture(flink, zooKeeper);
  }

  static String classPath() throws IOException {
    return Files.readString(Path.of("target", "flink-cluster.classpath")).strip();
  }

  /**
   * The program to bring to the cluster, without the servers and the test libraries that are on the
   * class path here: less to copy.
   */
  static String program() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> NOT_STAGED.stream().noneMatch(entry::contains))
        .collect(Collectors.joining(","));
  }

  /** The file that is for users' clusters. */
  static Path configuration() {
    return Path.of("deploy", "config.yaml").toAbsolutePath();
  }

  private static Process zooKeeper(Path dir, int port) throws Exception {
    Path config = dir.resolve("zoo.cfg");
    Files.writeString(
        config,
        """
        tickTime=1000
        dataDir=%s
        clientPort=%d
        clientPortAddress=localhost
        admin.enableServer=false
        """
            .formatted(dir, port));
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("zookeeper.log").toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "no ZooKeeper starts here: " + Files.readString(dir.resolve("zookeeper.log")));
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return process;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("localhost", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  // ---- jobs, by the REST interface

  JsonNode ask(String path) throws IOException {
    return new ObjectMapper().readTree(flink.get(path));
  }

  /** The jobs that have not ended. */
  List<String> jobs() throws IOException {
    List<String> found = new ArrayList<>();
    for (JsonNode job : ask("/jobs").at("/jobs")) {
      if (!List.of("FINISHED", "CANCELED", "FAILED").contains(job.at("/status").asText())) {
        found.add(job.at("/id").asText());
      }
    }
    return found;
  }

  /** Whether the job and each of its tasks runs. */
  boolean runs(String job) {
    try {
      JsonNode details = ask("/jobs/" + job);
      for (JsonNode vertex : details.at("/vertices")) {
        if (!vertex.at("/status").asText().equals("RUNNING")) {
          return false;
        }
      }
      return details.at("/state").asText().equals("RUNNING");
    } catch (IOException e) {
      return false;
    }
  }

  /** How often the job went on from a checkpoint; 0 while the JobManager does not say. */
  int restores(String job) {
    try {
      return ask("/jobs/" + job + "/checkpoints").at("/counts/restored").asInt();
    } catch (IOException e) {
      return 0;
    }
  }

  /** What Prometheus would read of some process of the cluster. */
  static String metrics(int port) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  int checkpoints(String job) {
    try {
      return ask("/jobs/" + job + "/checkpoints").at("/counts/completed").asInt();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Ends the job with a savepoint and says where it is. */
  String stop(String job) throws Exception {
    HttpResponse<String> asked =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://" + flink.address() + "/jobs/" + job + "/stop"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"drain\": false}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    String trigger = new ObjectMapper().readTree(asked.body()).at("/request-id").asText();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      JsonNode state = ask("/jobs/" + job + "/savepoints/" + trigger);
      if (state.at("/status/id").asText().equals("COMPLETED")) {
        String location = state.at("/operation/location").asText();
        if (location.isEmpty()) {
          throw new IllegalStateException("no savepoint: " + state);
        }
        return location;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no savepoint in time: " + state);
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Ends the job, whatever it is doing, and waits until it has ended. */
  void cancel(String job) throws Exception {
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://" + flink.address() + "/jobs/" + job + "?mode=cancel"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding());
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (jobs().contains(job)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("job " + job + " does not end");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Override
  public void close() {
    flink.close();
    zooKeeper.destroyForcibly();
  }
}
