package org.kappabeam.transforms.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real broker that lets nobody in without credentials: one listener takes SCRAM-SHA-512 over TLS,
 * the other TLS with a client's certificate.
 */
final class SecureKafka implements AutoCloseable {
  private final KafkaRaftServer server;
  private final int scramPort;
  private final int mutualPort;

  private SecureKafka(KafkaRaftServer server, int scramPort, int mutualPort) {
    this.server = server;
    this.scramPort = scramPort;
    this.mutualPort = mutualPort;
  }

  /** Starts one that knows a user with a password, and the certificates of an authority. */
  static SecureKafka start(
      Path dir, String user, String userPassword, Certificates authority, String storePassword)
      throws Exception {
    int scram;
    int mutual;
    int controller;
    try (ServerSocket one = socket();
        ServerSocket two = socket();
        ServerSocket three = socket()) {
      scram = one.getLocalPort();
      mutual = two.getLocalPort();
      controller = three.getLocalPort();
    }
    String data = dir.resolve("secure").toString();
    try (PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(silent)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(1)
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setDirectories(List.of(data))
          .setMetadataLogDirectory(data)
          .setScramArguments(
              List.of("SCRAM-SHA-512=[name=" + user + ",password=" + userPassword + "]"))
          .run();
    }
    Map<String, String> config = new HashMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    config.put("controller.listener.names", "CONTROLLER");
    String outside = "SCRAM://127.0.0.1:" + scram + ",MUTUAL://127.0.0.1:" + mutual;
    config.put("listeners", outside + ",CONTROLLER://127.0.0.1:" + controller);
    config.put("advertised.listeners", outside);
    config.put("listener.security.protocol.map", "SCRAM:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT");
    config.put("inter.broker.listener.name", "MUTUAL");
    config.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    config.put(
        "listener.name.scram.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    config.put("listener.name.scram.ssl.client.auth", "none");
    config.put("listener.name.mutual.ssl.client.auth", "required");
    config.put("ssl.keystore.type", "PKCS12");
    config.put("ssl.keystore.location", authority.keyStore("broker").toString());
    config.put("ssl.keystore.password", storePassword);
    config.put("ssl.key.password", storePassword);
    config.put("ssl.truststore.type", "PKCS12");
    config.put("ssl.truststore.location", authority.trustStore().toString());
    config.put("ssl.truststore.password", storePassword);
    config.put("log.dirs", data);
    config.put("auto.create.topics.enable", "false");
    config.put("offsets.topic.replication.factor", "1");
    config.put("offsets.topic.num.partitions", "1");
    config.put("transaction.state.log.replication.factor", "1");
    config.put("transaction.state.log.min.isr", "1");
    config.put("controller.quorum.election.timeout.ms", "100");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return new SecureKafka(server, scram, mutual);
  }

  private static ServerSocket socket() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** A topic for who has a password. */
  String scram(String topic) {
    return "kafka://127.0.0.1:" + scramPort + "/" + topic;
  }

  /** A topic for who has a certificate. */
  String mutual(String topic) {
    return "kafka://127.0.0.1:" + mutualPort + "/" + topic;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
