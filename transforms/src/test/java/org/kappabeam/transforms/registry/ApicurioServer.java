package org.kappabeam.transforms.registry;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Apicurio Registry in a process of its own, in memory: what it held is gone when it stops.
 * The build unpacks it into {@code target/apicurio} before integration tests.
 */
final class ApicurioServer implements AutoCloseable {
  private static final Path HOME = Path.of("target/apicurio");
  private static final long START_SECONDS = 180;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path dir;
  private final int port;
  private Process process;

  private ApicurioServer(Path dir, int port) throws IOException {
    this.dir = dir;
    this.port = port;
    this.process = launch();
  }

  /** Starts one; where it is missing the test is skipped, except on a build server. */
  static ApicurioServer start(Path dir) throws IOException {
    if (runner() == null) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("no Apicurio server in " + HOME.toAbsolutePath());
      }
      Assumptions.abort("no Apicurio server in target/apicurio: run mvn verify");
    }
    ApicurioServer server = new ApicurioServer(dir, freePort());
    server.await();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private static Path runner() {
    if (!Files.isDirectory(HOME)) {
      return null;
    }
    try (Stream<Path> files = Files.list(HOME)) {
      return files.filter(file -> file.toString().endsWith("-runner.jar")).findFirst().orElse(null);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                String.valueOf(runner())));
    builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
    builder.environment().put("QUARKUS_HTTP_HOST", "127.0.0.1");
    File log = dir.resolve("apicurio.log").toFile();
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  String url() {
    return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
  }

  void stop() {
    process.destroyForcibly().onExit().join();
  }

  /** Begins to start again on the same port, and does not wait for it. */
  void startAgain() throws IOException {
    process = launch();
  }

  private void await() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        if (send("GET", "/subjects", "").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !process.isAlive()) {
          throw new IOException(
              "Apicurio did not start: " + Files.readString(dir.resolve("apicurio.log")), e);
        }
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** A request as any other client makes it. */
  HttpResponse<String> send(String method, String path, String body) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url() + path))
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
