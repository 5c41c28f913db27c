package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.kappabeam.transforms.TestServers;

/**
 * A real Cassandra server of one node, a process of its own, that tests start and kill. It asks for
 * user and password, and speaks TLS to those who wish to.
 */
public final class CassandraServer implements AutoCloseable {
  static final String USER = "cassandra";
  static final String PASSWORD = "cassandra";

  private static final Duration START = Duration.ofMinutes(3);
  private static final String STORE_PASSWORD = "changeit";

  /** What the server reflects into; from its own {@code jvm17-server.options}. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms384m",
          "-Xmx768m",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Djdk.attach.allowAttachSelf=true",
          "-Dcassandra.ring_delay_ms=100",
          "-Dcassandra.skip_wait_for_gossip_to_settle=0",
          "-Dcassandra.initial_token=0",
          "-Dcassandra.superuser_setup_delay_ms=0",
          "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-exports=java.management.rmi/com.sun.jmx.remote.internal.rmi=ALL-UNNAMED",
          "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
          "--add-exports=java.rmi/sun.rmi.server=ALL-UNNAMED",
          "--add-exports=java.sql/java.sql=ALL-UNNAMED",
          "--add-exports=java.base/java.lang.ref=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.module=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.reflect=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.math=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.module=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.util.jar=ALL-UNNAMED",
          "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED");

  private final Path directory;
  private final String classPath;
  private final int port;
  private final int storagePort;
  private @Nullable Process process;

  private CassandraServer(Path directory, String classPath) throws IOException {
    this.directory = directory;
    this.classPath = classPath;
    this.port = freePort();
    this.storagePort = freePort();
  }

  /**
   * Starts one. Where the build did not resolve a server the test is skipped, except on a build
   * server, which must have one.
   */
  public static CassandraServer start(Path directory) {
    Path classPath = TestServers.buildDirectory().resolve("cassandra.classpath");
    try {
      CassandraServer server = new CassandraServer(directory, Files.readString(classPath).strip());
      server.configure();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      server.startAgain();
      return server;
    } catch (IOException | InterruptedException | IllegalStateException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("no Cassandra server starts here", e);
      }
      Assumptions.abort("no Cassandra server starts here: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void configure() throws IOException, InterruptedException {
    makeCertificate();
    Files.writeString(
        directory.resolve("cassandra.yaml"),
        """
        cluster_name: test
        num_tokens: 1
        partitioner: org.apache.cassandra.dht.Murmur3Partitioner
        endpoint_snitch: SimpleSnitch
        seed_provider:
          - class_name: org.apache.cassandra.locator.SimpleSeedProvider
            parameters:
              - seeds: "127.0.0.1:%1$d"
        listen_address: 127.0.0.1
        rpc_address: 127.0.0.1
        storage_port: %1$d
        native_transport_port: %2$d
        # Acknowledged is on disk: this server gets killed.
        commitlog_sync: group
        commitlog_sync_group_window: 5ms
        data_file_directories: ["%3$s/data"]
        commitlog_directory: "%3$s/commitlog"
        saved_caches_directory: "%3$s/saved_caches"
        hints_directory: "%3$s/hints"
        cdc_raw_directory: "%3$s/cdc"
        auto_snapshot: false
        authenticator: PasswordAuthenticator
        authorizer: CassandraAuthorizer
        role_manager: CassandraRoleManager
        client_encryption_options:
          enabled: true
          optional: true
          keystore: "%3$s/server.p12"
          keystore_password: %4$s
          store_type: PKCS12
        """
            .formatted(storagePort, port, directory, STORE_PASSWORD));
  }

  /** A self-signed certificate for localhost, and the same in PEM for clients to trust. */
  private void makeCertificate() throws IOException, InterruptedException {
    String store = directory.resolve("server.p12").toString();
    keytool(
        "-genkeypair",
        "-keystore",
        store,
        "-storetype",
        "PKCS12",
        "-storepass",
        STORE_PASSWORD,
        "-alias",
        "server",
        "-keyalg",
        "RSA",
        "-keysize",
        "2048",
        "-validity",
        "30",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=DNS:localhost,IP:127.0.0.1");
    keytool(
        "-exportcert",
        "-rfc",
        "-keystore",
        store,
        "-storepass",
        STORE_PASSWORD,
        "-alias",
        "server",
        "-file",
        caFile().toString());
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(javaTool("keytool")));
    command.addAll(List.of(arguments));
    Process tool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (tool.waitFor() != 0) {
      throw new IOException(
          "keytool failed: " + Files.readString(directory.resolve("keytool.log")));
    }
  }

  private static String javaTool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** The certificate of the server, in PEM. */
  Path caFile() {
    return directory.resolve("server.pem");
  }

  int port() {
    return port;
  }

  /** A URI of a keyspace, with the password in a file. */
  public String uri(String keyspace) throws IOException {
    Path file = directory.resolve("password");
    Files.writeString(file, PASSWORD + "\n");
    return "cassandra://localhost:%d/%s?user=%s&passwordFile=%s"
        .formatted(port, keyspace, USER, file);
  }

  void startAgain() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(javaTool("java")));
    command.addAll(JVM_OPTIONS);
    command.addAll(
        List.of(
            "-Dcassandra.config=" + directory.resolve("cassandra.yaml").toUri(),
            "-Dcassandra.storagedir=" + directory,
            "-cp",
            classPath,
            "org.apache.cassandra.service.CassandraDaemon"));
    Path log = directory.resolve("server.log");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long start = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - start > START.toNanos()) {
        throw new IOException("Cassandra did not start, see " + log);
      }
      Thread.sleep(500);
    }
  }

  /** Whether the server lets us in. */
  private boolean answers() {
    try (CqlSession session = session()) {
      return !session.getMetadata().getNodes().isEmpty();
    } catch (AllNodesFailedException e) {
      return false;
    }
  }

  /** A session as a person with {@code cqlsh} would have it. */
  CqlSession session() {
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress("localhost", port))
        .withLocalDatacenter("datacenter1")
        .withAuthCredentials(USER, PASSWORD)
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .withString(
                    DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS, "ServerSideTimestampGenerator")
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build())
        .build();
  }

  public void createKeyspace(String name) {
    try (CqlSession session = session()) {
      session.execute(
          SimpleStatement.newInstance(
              "CREATE KEYSPACE "
                  + name
                  + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"));
    }
  }

  /** Ends the process without a chance to say goodbye. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      try {
        running.waitFor(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
