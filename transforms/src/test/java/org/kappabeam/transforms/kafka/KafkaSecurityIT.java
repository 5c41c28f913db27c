package org.kappabeam.transforms.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.beam.sdk.io.BoundedSource.BoundedReader;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;

/** Passwords over TLS, and certificates on both sides, against a real broker that insists. */
class KafkaSecurityIT {
  private static final long EPOCH = 1_767_225_600_000L;
  private static final String USER_PASSWORD = "open-sesame-71";
  private static final String WRONG_PASSWORD = "open-barley-72";
  private static final String STORE_PASSWORD = "store-secret-73";

  /** Twice what a question may take, on a machine with other things to do. */
  private static final Duration QUICKLY = Duration.ofSeconds(20);

  private static Path dir;
  private static Certificates authority;
  private static Certificates stranger;
  private static SecureKafka kafka;

  private final Listener listener = new Listener();

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    dir = temporary;
    authority = new Certificates(dir, "ours", STORE_PASSWORD);
    stranger = new Certificates(dir, "theirs", STORE_PASSWORD);
    kafka = SecureKafka.start(dir, "alice", USER_PASSWORD, authority, STORE_PASSWORD);
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      kafka.close();
    }
  }

  @BeforeEach
  void listen() {
    listener.start();
  }

  /** Whatever happened: no client has logged a secret. */
  @AfterEach
  void noSecretIsLogged() {
    String logged = listener.stop();
    assertThat(logged, not(is(emptyString())));
    assertHoldsNoSecret(logged);
  }

  @Test
  void aUserWithAPasswordReadsAndWritesOverTls() throws Exception {
    assertReadsAndWrites(kafka.scram("scram"), scram("alice", USER_PASSWORD, authority));
  }

  @Test
  void aClientWithACertificateReadsAndWrites() throws Exception {
    assertReadsAndWrites(kafka.mutual("mutual"), mutual(authority, authority));
  }

  @Test
  void aWrongPasswordIsOneClearLine() throws Exception {
    KappaException failure =
        assertFails(kafka.scram("t"), scram("alice", WRONG_PASSWORD, authority));
    assertThat(failure.getMessage(), containsString("does not accept the credentials"));
  }

  @Test
  void anUnknownUserIsOneClearLine() throws Exception {
    KappaException failure =
        assertFails(kafka.scram("t"), scram("mallory", USER_PASSWORD, authority));
    assertThat(failure.getMessage(), containsString("does not accept the credentials"));
  }

  @Test
  void aBrokerWithACertificateOfAnUnknownAuthorityIsOneClearLine() throws Exception {
    KappaException failure = assertFails(kafka.scram("t"), scram("alice", USER_PASSWORD, stranger));
    assertThat(failure.getMessage(), containsString("TLS"));
    assertThat(failure.getMessage(), containsString("ssl.*"));
  }

  @Test
  void aClientWithACertificateOfAnUnknownAuthorityIsOneClearLine() throws Exception {
    KappaException failure = assertFails(kafka.mutual("t"), mutual(stranger, authority));
    assertThat(failure.getMessage(), containsString("TLS"));
  }

  @Test
  void aClientWithoutACertificateIsOneClearLine() throws Exception {
    Map<String, String> properties = trusting(authority);
    properties.put("security.protocol", "SSL");
    assertThat(assertFails(kafka.mutual("t"), properties).getMessage(), containsString("TLS"));
  }

  @Test
  void aClientWithoutTlsIsOneClearLine() {
    KappaException failure = assertFails(kafka.scram("t"), Map.of());
    assertThat(failure.getMessage(), containsString("security.protocol"));
  }

  @Test
  void aWrongPasswordOfAKeyStoreIsOneClearLine() throws Exception {
    Map<String, String> properties = mutual(authority, authority);
    properties.put("ssl.keystore.password", secret("wrong-store", WRONG_PASSWORD));
    assertThat(
        assertFails(kafka.mutual("t"), properties).getMessage(),
        containsString("failed to load SSL keystore"));
  }

  private static Map<String, String> scram(String user, String password, Certificates trusted)
      throws IOException {
    Map<String, String> properties = trusting(trusted);
    properties.put("security.protocol", "SASL_SSL");
    properties.put("sasl.mechanism", "SCRAM-SHA-512");
    properties.put(
        "sasl.jaas.config",
        secret(
            "jaas-" + user + password,
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                + user
                + "\" password=\""
                + password
                + "\";"));
    return properties;
  }

  private static Map<String, String> mutual(Certificates own, Certificates trusted)
      throws IOException {
    Map<String, String> properties = trusting(trusted);
    properties.put("security.protocol", "SSL");
    properties.put("ssl.keystore.type", "PKCS12");
    properties.put("ssl.keystore.location", own.keyStore("client").toString());
    properties.put("ssl.keystore.password", secret("store", STORE_PASSWORD));
    properties.put("ssl.key.password", secret("store", STORE_PASSWORD));
    return properties;
  }

  private static Map<String, String> trusting(Certificates trusted) throws IOException {
    Map<String, String> properties = new HashMap<>();
    properties.put("ssl.truststore.type", "PKCS12");
    properties.put("ssl.truststore.location", trusted.trustStore().toString());
    properties.put("ssl.truststore.password", secret("store", STORE_PASSWORD));
    return properties;
  }

  /** Puts a secret into a file and returns the reference to it. */
  private static String secret(String name, String value) throws IOException {
    return "${file:" + Files.writeString(dir.resolve(name), value + "\n") + "}";
  }

  private static void assertReadsAndWrites(String uri, Map<String, String> properties)
      throws IOException {
    Logs.create(uri, 2, properties);
    List<String> expected = new ArrayList<>();
    try (LogWriter writer = Logs.writer(uri, properties)) {
      for (int i = 0; i < 20; i++) {
        // One key, one partition: read in the order written.
        writer.write("key".getBytes(UTF_8), ("value" + i).getBytes(UTF_8), EPOCH + i);
        expected.add("value" + i);
      }
      writer.flush();
    }
    KafkaLog log = KafkaLog.of(uri, properties);
    Slice slice = log.resolve("earliest", "latest");
    assertThat(slice.size(), is(20L));

    List<String> read = new ArrayList<>();
    try (BoundedReader<LogBatch> reader =
        log.sliceSource(slice, 0).createReader(PipelineOptionsFactory.create())) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        add(reader.getCurrent(), read);
      }
    }
    assertThat(read, is(expected));

    List<String> live = new ArrayList<>();
    try (KafkaLiveReader reader =
        log.liveSource(slice, 0).createReader(PipelineOptionsFactory.create(), null)) {
      boolean available = reader.start();
      while (available || reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)) {
        if (available) {
          add(reader.getCurrent(), live);
        }
        available = reader.advance();
      }
    }
    assertThat(live, is(expected));
  }

  private static void add(LogBatch batch, List<String> values) {
    for (int i = 0; i < batch.size(); i++) {
      values.add(new String(batch.value(i), UTF_8));
    }
  }

  private static KappaException assertFails(String uri, Map<String, String> properties) {
    KappaException failure = null;
    for (Executable call :
        List.<Executable>of(
            () -> Logs.open(uri, properties).resolve("earliest", "latest"),
            () -> Logs.create(uri, 1, properties),
            () -> Logs.writer(uri, properties).close())) {
      long start = System.nanoTime();
      failure = assertThrows(KappaException.class, call);
      assertThat(Duration.ofNanos(System.nanoTime() - start), lessThan(QUICKLY));
      assertThat(failure.getMessage().lines().count(), is(1L));
      StringWriter all = new StringWriter();
      failure.printStackTrace(new PrintWriter(all));
      assertHoldsNoSecret(all.toString());
    }
    return failure;
  }

  private static void assertHoldsNoSecret(String text) {
    for (String secret : List.of(USER_PASSWORD, WRONG_PASSWORD, STORE_PASSWORD)) {
      assertThat(text, not(containsString(secret)));
    }
  }

  /** Hears everything that Kafka's clients log, their settings above all. */
  private static final class Listener extends Handler {
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka.clients");

    private final SimpleFormatter formatter = new SimpleFormatter();
    private final StringBuilder heard = new StringBuilder();
    private Level before;
    private boolean parents;

    void start() {
      before = KAFKA.getLevel();
      parents = KAFKA.getUseParentHandlers();
      KAFKA.setLevel(Level.FINE);
      KAFKA.setUseParentHandlers(false);
      KAFKA.addHandler(this);
    }

    String stop() {
      KAFKA.removeHandler(this);
      KAFKA.setUseParentHandlers(parents);
      KAFKA.setLevel(before);
      return heard();
    }

    private synchronized String heard() {
      return heard.toString();
    }

    @Override
    public synchronized void publish(LogRecord record) {
      heard.append(formatter.format(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
