package org.kappabeam.transforms.kafka.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.kappabeam.coders.KappaException;

/**
 * A real Kafka broker in this process: one node, KRaft, on the loopback interface only, small
 * enough for a laptop. Its data stays in a directory of its own, from which it can be started
 * again.
 *
 * <p>Needs {@code kafka_2.13} (beside Spark, {@code kafka_2.12}) on the class path. Thread-safe.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /** The same in every directory, so that a start cut short can be completed by the next. */
  private static final Uuid CLUSTER = new Uuid(0x6b61707061L, 0x6265616dL);

  /**
   * What a broker has to say that concerns its user; a first start warns of being a first start.
   * Held, since the logging system forgets the levels of loggers that nobody holds.
   */
  private static final Map<Logger, Level> QUIET =
      Map.of(
          Logger.getLogger("org.apache.kafka"), Level.WARNING,
          Logger.getLogger("org.apache.kafka.controller"), Level.SEVERE,
          Logger.getLogger("org.apache.kafka.raft"), Level.SEVERE,
          Logger.getLogger("kafka"), Level.SEVERE,
          Logger.getLogger("state.change.logger"), Level.SEVERE);

  private final FileChannel lock;
  private final KafkaRaftServer server;
  private final int port;
  private boolean closed;

  private EmbeddedKafka(FileChannel lock, KafkaRaftServer server, int port) {
    this.lock = lock;
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker on a free port.
   *
   * @param dir where its data lies, or will lie; only one broker at a time may use it
   * @throws KappaException if it cannot start
   */
  public static EmbeddedKafka start(Path dir) {
    return start(dir, 0);
  }

  /**
   * Starts a broker on a given port, so that clients find it again after a restart.
   *
   * @param port 0 for any free one
   */
  public static EmbeddedKafka start(Path dir, int port) {
    return start(dir, port, Map.of());
  }

  /**
   * Starts a broker with settings of its own.
   *
   * @param settings by Kafka's names; they win over ours
   */
  public static EmbeddedKafka start(Path dir, int port, Map<String, String> settings) {
    QUIET.forEach(
        (logger, level) -> {
          // Whoever configured a level wants it; the default floods a terminal.
          if (logger.getLevel() == null) {
            logger.setLevel(level);
          }
        });
    FileChannel lock = lock(dir);
    try {
      int brokerPort;
      int controllerPort;
      // Both are held at once, so that they differ.
      try (ServerSocket broker = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
          ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        brokerPort = broker.getLocalPort();
        controllerPort = controller.getLocalPort();
      }
      Path data = dir.resolve("data");
      boolean killed = wasKilled(data);
      format(data);
      Map<String, String> config = config(data, brokerPort, controllerPort, killed);
      config.putAll(settings);
      return new EmbeddedKafka(lock, startServer(config), brokerPort);
    } catch (Exception e) {
      KappaException failure = cannotStart(dir, e);
      try {
        lock.close();
      } catch (IOException unlocked) {
        failure.addSuppressed(unlocked);
      }
      throw failure;
    }
  }

  private static KafkaRaftServer startServer(Map<String, String> config) {
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
    try {
      server.startup();
      return server;
    } catch (RuntimeException e) {
      server.shutdown();
      server.awaitShutdown();
      throw e;
    }
  }

  /**
   * The broker's own lock comes too late: by then a second one has written to the first's files.
   */
  private static FileChannel lock(Path dir) {
    try {
      FileChannel channel =
          FileChannel.open(
              Files.createDirectories(dir).resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          throw new IOException("another process uses it");
        }
        return channel;
      } catch (IOException | OverlappingFileLockException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | OverlappingFileLockException e) {
      throw cannotStart(dir, e);
    }
  }

  private static KappaException cannotStart(Path dir, Exception e) {
    String why =
        e instanceof OverlappingFileLockException ? "this process uses it" : e.getMessage();
    return new KappaException(
        "the embedded Kafka broker cannot start in " + dir + " (" + why + ")",
        "see that the directory is writable and no other broker uses it or its port",
        e);
  }

  private static void format(Path data) throws Exception {
    if (Files.exists(data.resolve("meta.properties"))) {
      return; // Formatting once more would want the cluster to have the new random id.
    }
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setClusterId(CLUSTER.toString())
          .setNodeId(1)
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setIgnoreFormatted(true)
          .run();
    }
  }

  /** Whether a broker has been at work here and did not come to close its files. */
  private static boolean wasKilled(Path data) {
    return Files.exists(data.resolve("meta.properties"))
        && !Files.exists(data.resolve(".kafka_cleanshutdown"));
  }

  private static Map<String, String> config(
      Path data, int port, int controllerPort, boolean killed) {
    Map<String, String> config = new HashMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    config.put("controller.listener.names", "CONTROLLER");
    config.put(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    config.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    config.put("log.dirs", data.toString());

    // One node: nothing to replicate, nobody to wait for.
    config.put("offsets.topic.replication.factor", "1");
    config.put("offsets.topic.num.partitions", "1");
    config.put("transaction.state.log.replication.factor", "1");
    config.put("transaction.state.log.min.isr", "1");
    config.put("transaction.state.log.num.partitions", "1");
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("controller.quorum.election.timeout.ms", "100");
    config.put("controller.quorum.election.backoff.max.ms", "50");

    // Nor anybody to take over: a broker taken for dead after a pause of the machine, or since its
    // heart beat late under load, would only leave its partitions without a leader. A beat must be
    // handled within half its interval, or is tried again ever later. Only after a kill must the
    // controller soon give up the session of the process before.
    config.put("broker.heartbeat.interval.ms", "2000");
    config.put("broker.session.timeout.ms", killed ? "9000" : "60000");

    // A log keeps everything, and nobody makes one by mistyping its name.
    config.put("auto.create.topics.enable", "false");
    config.put("log.retention.ms", "-1");
    config.put("message.max.bytes", Integer.toString(16 << 20));

    // A laptop's share of threads and memory.
    config.put("num.network.threads", "2");
    config.put("num.io.threads", "2");
    config.put("background.threads", "2");
    config.put("num.recovery.threads.per.data.dir", "2");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    config.put("log.cleaner.io.buffer.size", Integer.toString(64 << 10));
    config.put("log.index.size.max.bytes", Integer.toString(2 << 20));
    return config;
  }

  /** What clients are given to connect: {@code host:port}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** The port, for a later start in the same place. */
  public int port() {
    return port;
  }

  /** The URI of a topic on this broker. */
  public String uri(String topic) {
    return "kafka://" + bootstrapServers() + "/" + topic;
  }

  /** Stops the broker and waits until it has let go of its files; the data stays. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      server.shutdown();
      server.awaitShutdown();
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
