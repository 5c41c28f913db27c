package org.kappabeam.transforms.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutures;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.pubsub.v1.PubsubMessage;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;

/**
 * Google's Pub/Sub emulator: the one that {@code PUBSUB_EMULATOR_HOST} names, or a process of its
 * own from the Google Cloud SDK, if that is installed.
 */
public final class PubsubEmulator implements AutoCloseable {
  private static final String PROJECT = "test-project";
  private static final long START_SECONDS = 60;

  private final String server;
  private final @Nullable Process process;

  private PubsubEmulator(String server, @Nullable Process process) {
    this.server = server;
    this.process = process;
  }

  /** Starts one; a machine that has none skips the test, except a build server, which must. */
  public static PubsubEmulator start(Path dir) throws IOException, InterruptedException {
    String running = System.getenv("PUBSUB_EMULATOR_HOST");
    if (running != null && !running.isEmpty()) {
      return new PubsubEmulator(running, null);
    }
    Optional<Path> jar = jar();
    if (jar.isEmpty()) {
      String reason =
          "no Pub/Sub emulator: PUBSUB_EMULATOR_HOST is not set, and gcloud has no component"
              + " pubsub-emulator";
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(reason);
      }
      Assumptions.abort(reason);
    }
    int port = freePort();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                jar.orElseThrow().toString(),
                "--host=127.0.0.1",
                "--port=" + port)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("emulator.log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    PubsubEmulator emulator = new PubsubEmulator("127.0.0.1:" + port, process);
    emulator.awaitPort(port, process);
    return emulator;
  }

  private void awaitPort(int port, Process started) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline && started.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    close();
    throw new IOException("the Pub/Sub emulator does not start on port " + port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The emulator's jar in the Google Cloud SDK, if there is one. */
  private static Optional<Path> jar() throws IOException, InterruptedException {
    Process gcloud;
    try {
      gcloud =
          new ProcessBuilder("gcloud", "info", "--format=value(installation.sdk_root)")
              .redirectError(new File("/dev/null"))
              .start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String root = new String(gcloud.getInputStream().readAllBytes(), UTF_8).strip();
    Path lib = Path.of(root, "platform", "pubsub-emulator", "lib");
    if (gcloud.waitFor() != 0 || root.isEmpty() || !Files.isDirectory(lib)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(lib)) {
      return files
          .filter(
              file -> file.getFileName().toString().matches("cloud-pubsub-emulator-.*all\\.jar"))
          .max(Comparator.naturalOrder());
    }
  }

  /** The URI of a subscription, whether there is one or not. */
  public String uri(String subscription) {
    return "pubsub://" + PROJECT + "/" + subscription + "?emulator=" + server;
  }

  /** A new topic with a subscription of the same name. */
  public String newLog() {
    String uri = uri(newName());
    PubsubTopics.create(uri, Map.of());
    return uri;
  }

  static String newName() {
    return "log-" + UUID.randomUUID();
  }

  /** Publishes records; returns them as the log has them. */
  static List<LogRecord> append(String uri, List<LogRecord> records) {
    PubsubUri pubsub = PubsubUri.parse(uri);
    List<String> ids =
        publish(
            pubsub,
            records.stream()
                .map(r -> PubsubMessages.message(r.key(), r.value(), r.logTime(), r.headers()))
                .toList());
    List<LogRecord> written = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      LogRecord record = records.get(i);
      written.add(
          LogRecord.of(
              LogPosition.of(pubsub.name(), PubsubMessages.offset(ids.get(i))),
              record.logTime(),
              record.key(),
              record.value(),
              record.headers()));
    }
    return written;
  }

  /** Publishes messages; returns their ids. */
  static List<String> publish(PubsubUri uri, List<PubsubMessage> messages) {
    Publisher publisher = PubsubClients.publisher(uri, PubsubSettings.of(Map.of()), uri.topic());
    try {
      List<ApiFuture<String>> ids = messages.stream().map(publisher::publish).toList();
      publisher.publishAllOutstanding();
      return ApiFutures.allAsList(ids).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      publisher.shutdown();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
