package org.kappabeam.transforms.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.TestServers;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * The npm package kinesis-local, a mock of Kinesis that speaks its protocol: there is no real one
 * to be had outside of AWS. It knows shards, resharding, iterators and timestamps; it checks no
 * credentials and has no limits of throughput.
 */
public final class KinesisMock implements AutoCloseable {
  private static final String PACKAGE = "kinesis-local@0.6.2";
  private static final Path INSTALLED = TestServers.buildDirectory().resolve("kinesis-local");

  /** Of the largest records that tests write, so many are below the limit for a request. */
  private static final int PER_REQUEST = 4;

  static {
    // The mock answers records as text in CBOR, which the client cannot read when they are long.
    System.setProperty("aws.cborEnabled", "false");
  }

  private static final AtomicInteger STREAMS = new AtomicInteger();
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Process process;
  private final String endpoint;
  private final Map<String, String> properties;

  private KinesisMock(Process process, String endpoint, Map<String, String> properties) {
    this.process = process;
    this.endpoint = endpoint;
    this.properties = properties;
  }

  /**
   * Starts one; a machine without Node.js skips the test, except a build server, which must have
   * it.
   */
  public static KinesisMock start(Path dir) {
    try {
      return launch(dir);
    } catch (IOException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("the mock of Kinesis does not start here", e);
      }
      Assumptions.abort("the mock of Kinesis does not start here: " + e.getMessage());
      throw new IllegalStateException(e);
    }
  }

  private static KinesisMock launch(Path dir) throws IOException {
    Path main = install().resolve("main.js");
    int plain;
    int tls;
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      plain = one.getLocalPort();
      tls = two.getLocalPort();
    }
    ProcessBuilder node = new ProcessBuilder("node", main.toString());
    node.environment()
        .putAll(
            Map.of(
                "KINESIS_MOCK_CERT_PATH", main.resolveSibling("server.json").toString(),
                "KINESIS_MOCK_PLAIN_PORT", Integer.toString(plain),
                "KINESIS_MOCK_TLS_PORT", Integer.toString(tls),
                "CREATE_STREAM_DURATION", "50ms",
                "UPDATE_SHARD_COUNT_DURATION", "50ms",
                "MERGE_SHARDS_DURATION", "50ms",
                "SPLIT_SHARD_DURATION", "50ms",
                "SHARD_LIMIT", "10000",
                "LOG_LEVEL", "ERROR"));
    File log = dir.resolve("kinesis-mock.log").toFile();
    Process process = node.redirectErrorStream(true).redirectOutput(log).start();
    String endpoint = "http://127.0.0.1:" + plain;
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!isHealthy(endpoint)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IOException("it says: " + Files.readString(log.toPath()));
      }
      sleep(100);
    }
    Path access = Files.writeString(dir.resolve("access-key"), "ak");
    Path secret = Files.writeString(dir.resolve("secret-key"), "sk\n");
    return new KinesisMock(
        process,
        endpoint,
        Map.of(
            KinesisSecrets.ACCESS_KEY, "${file:" + access + "}",
            KinesisSecrets.SECRET_KEY, "${file:" + secret + "}"));
  }

  /** Once per build directory, whatever tests run at the same time. */
  private static synchronized Path install() throws IOException {
    Files.createDirectories(INSTALLED);
    try (FileChannel channel =
        FileChannel.open(
            INSTALLED.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock lock = channel.lock();
      Path installed = INSTALLED.resolve("node_modules/kinesis-local");
      if (!Files.exists(installed.resolve("main.js"))) {
        runNpm();
      }
      lock.release();
      return installed;
    }
  }

  private static void runNpm() throws IOException {
    File log = INSTALLED.resolve("npm.log").toFile();
    Process npm =
        new ProcessBuilder(
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--prefix",
                INSTALLED.toString(),
                PACKAGE)
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
        npm.destroyForcibly();
        throw new IOException("npm cannot install it: " + Files.readString(log.toPath()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean isHealthy(String endpoint) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(endpoint + "/healthcheck").toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(5_000);
      try {
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** Credentials by reference; the mock takes any. */
  public Map<String, String> properties() {
    return properties;
  }

  /** The URI of a stream, existing or not. */
  public String uri(String stream, boolean enveloped) {
    return "kinesis://us-east-1/"
        + stream
        + "?"
        + (enveloped ? "envelope=kappa&" : "")
        + "endpoint="
        + endpoint;
  }

  String newStream(int shards, boolean enveloped) {
    String uri = uri("stream-" + STREAMS.incrementAndGet(), enveloped);
    KinesisStreams.create(uri, shards, properties);
    return uri;
  }

  KinesisClient client(String uri) {
    return KinesisClients.client(KinesisUri.parse(uri), properties);
  }

  List<Shard> shards(String uri) {
    try (KinesisClient client = client(uri)) {
      return KinesisClients.shards(client, KinesisUri.parse(uri));
    }
  }

  void reshard(String uri, int shards) {
    KinesisUri kinesis = KinesisUri.parse(uri);
    try (KinesisClient client = client(uri)) {
      client.updateShardCount(
          request ->
              request
                  .streamName(kinesis.stream())
                  .targetShardCount(shards)
                  .scalingType(ScalingType.UNIFORM_SCALING));
      KinesisStreams.awaitActive(client, kinesis);
    }
  }

  /**
   * Appends records, each to the open shard that its partition counts to, and returns them with
   * their positions.
   */
  List<LogRecord> append(String uri, List<LogRecord> records) {
    KinesisUri kinesis = KinesisUri.parse(uri);
    List<Shard> open =
        shards(uri).stream()
            .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
            .toList();
    List<PutRecordsRequestEntry> entries = new ArrayList<>();
    for (LogRecord record : records) {
      Shard shard = open.get(Integer.parseInt(record.position().partition()));
      entries.add(
          PutRecordsRequestEntry.builder()
              .explicitHashKey(shard.hashKeyRange().startingHashKey())
              .partitionKey(kinesis.enveloped() ? "any" : new String(record.key(), UTF_8))
              .data(SdkBytes.fromByteArray(data(kinesis, record)))
              .build());
    }
    List<LogRecord> written = new ArrayList<>();
    try (KinesisClient client = client(uri)) {
      for (int start = 0; start < entries.size(); start += PER_REQUEST) {
        List<PutRecordsRequestEntry> part =
            entries.subList(start, Math.min(entries.size(), start + PER_REQUEST));
        for (PutRecordsResultEntry result :
            client
                .putRecords(request -> request.streamName(kinesis.stream()).records(part))
                .records()) {
          LogRecord record = records.get(written.size());
          written.add(
              LogRecord.of(
                  LogPosition.wide(result.shardId(), new BigInteger(result.sequenceNumber())),
                  record.logTime(),
                  record.key(),
                  record.value(),
                  record.headers()));
        }
      }
    }
    return written;
  }

  private static byte[] data(KinesisUri uri, LogRecord record) {
    return uri.enveloped()
        ? KinesisEnvelope.of(record.logTime(), record.key(), record.headers(), record.value())
            .toBytes()
        : record.value();
  }

  static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
