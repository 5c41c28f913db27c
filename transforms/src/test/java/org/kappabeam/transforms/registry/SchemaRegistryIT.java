package org.kappabeam.transforms.registry;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventDecoder;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventSchema;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.coders.schema.SchemaSource;

/** The registry's client, and decoding with it, against a real Apicurio Registry. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchemaRegistryIT {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final List<EventType<?>> TYPES =
      List.of(TransactionType.of(), FraudLabelType.of());
  private static final Transaction OLD = Transaction.of("1", 2, "3", "4", 5);
  private static final Transaction NEW = Transaction.of("1", 2, "3", "4", 5, 5411);
  private static final FraudLabel LABEL = FraudLabel.of("1", "4", 2, 7);

  @TempDir static Path dir;
  private static ApicurioServer server;

  @BeforeAll
  static void start() throws IOException {
    server = ApicurioServer.start(dir);
    // The registry, too, refuses versions that are not compatible with all others.
    server.send("PUT", "/config", "{\"compatibility\":\"FULL_TRANSITIVE\"}");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** A registry that no other test has a cache of. */
  private static SchemaRegistry registry(Duration patience) {
    return SchemaRegistry.at(server.url(), Map.of(), patience);
  }

  /** Every version of every event in a format. */
  private static List<byte[]> messages(String topic, MessageFormat format) {
    EventEncoder encoder = new EventEncoder(TYPES, registry(SHORT).ids(topic));
    List<EventSchema> versions = TransactionType.of().schemas().versions();
    return List.of(
        encoder.encode(TransactionType.of(), OLD, format, versions.get(0)),
        encoder.encode(TransactionType.of(), NEW, format, versions.get(1)),
        encoder.encode(FraudLabelType.of(), LABEL, format));
  }

  private static List<Object> decode(List<byte[]> messages, SchemaSource.Opener source)
      throws DecodeException {
    EventDecoder decoder = new EventDecoder(TYPES, 1_000, LogFormat.of(null, null, source));
    List<Object> events = new ArrayList<>();
    for (byte[] message : messages) {
      decoder.decode(message);
      events.add(decoder.event());
    }
    return events;
  }

  @Test
  @Order(1)
  void everyVersionIsRegisteredAndReadBackByItsId() throws DecodeException {
    List<byte[]> log = new ArrayList<>(messages("avro", MessageFormat.AVRO_CONFLUENT));
    log.addAll(messages("protobuf", MessageFormat.PROTOBUF_CONFLUENT));
    assertThat(decode(log, registry(SHORT)), is(List.of(OLD, NEW, LABEL, OLD, NEW, LABEL)));
  }

  @Test
  @Order(1)
  void pinsAreWhatIsRegisteredForTheLog() {
    messages("pinned", MessageFormat.PROTOBUF_CONFLUENT);
    SchemaPins pins = registry(SHORT).pin("pinned", List.of(), TYPES);
    assertThat(
        pins.pins().stream()
            .map(pin -> pin.subject() + " " + pin.version() + " " + pin.schema().language())
            .toList(),
        is(
            List.of(
                "pinned-org.kappabeam.fraud.FraudLabel 1 PROTOBUF",
                "pinned-org.kappabeam.fraud.Transaction 1 PROTOBUF",
                "pinned-org.kappabeam.fraud.Transaction 2 PROTOBUF")));
    assertThat(SchemaPins.parse(pins.toJson()), is(pins));
    assertThat(
        registry(SHORT)
            .pin("other", List.of("pinned-org.kappabeam.fraud.FraudLabel"), TYPES)
            .pins()
            .size(),
        is(1));
    assertThat(registry(SHORT).pin("nothing", List.of(), TYPES).pins().size(), is(0));
    KappaException e =
        assertThrows(
            KappaException.class, () -> registry(SHORT).pin("pinned", List.of("mistyped"), TYPES));
    assertThat(e.getMessage(), containsString("has no subject mistyped: correct --schemaSubjects"));
  }

  @Test
  @Order(1)
  void referencesAreFollowed() throws Exception {
    ObjectNode union = new ObjectMapper().createObjectNode();
    union.put("schema", "[\"org.kappabeam.fraud.Transaction\",\"org.kappabeam.fraud.FraudLabel\"]");
    for (EventType<?> type : TYPES) {
      String name = type.schemas().newest().avro().getFullName();
      union
          .withArray("references")
          .addObject()
          .put("name", name)
          .put("subject", "union-" + name)
          .put("version", type.schemas().versions().size());
    }
    messages("union", MessageFormat.AVRO_CONFLUENT);
    String answer = server.send("POST", "/subjects/union-value/versions", union.toString()).body();
    int id = new ObjectMapper().readTree(answer).path("id").asInt();
    byte[] plain =
        new EventEncoder(TYPES).encode(FraudLabelType.of(), LABEL, MessageFormat.AVRO_PLAIN);
    byte[] message = new byte[plain.length + 5];
    message[4] = (byte) id;
    System.arraycopy(plain, 0, message, 5, plain.length);
    assertThat(decode(List.of(message), registry(SHORT)), is(List.of(LABEL)));
  }

  @Test
  @Order(1)
  void anIdThatIsNotThereIsADeadLetter() {
    byte[] message = {0, 0, 1, 0, 0, 2, 2};
    DecodeException e =
        assertThrows(DecodeException.class, () -> decode(List.of(message), registry(SHORT)));
    assertThat(e.reason(), is(DeadLetterReason.UNKNOWN_SCHEMA));
    assertThat(e.detail(), is("the registry has no schema with the id 65536"));
  }

  @Test
  @Order(1)
  void aSchemaThatTheRegistryRefusesIsOneLine() {
    messages("strict", MessageFormat.AVRO_CONFLUENT);
    RegistryClient client = new RegistryClient(server.url(), Map.of(), Map.of(), SHORT);
    KappaException e =
        assertThrows(
            KappaException.class,
            () ->
                client.register(
                    "strict-org.kappabeam.fraud.Transaction",
                    Language.AVRO,
                    TransactionType.of()
                        .schemas()
                        .newest()
                        .avro()
                        .toString()
                        .replace(
                            "\"amountCents\",\"type\":\"long\"", "\"cents\",\"type\":\"int\"")));
    assertThat(e.getMessage(), allOf(containsString("refuses"), containsString("(409")));
    assertThat(e.getMessage().lines().count(), is(1L));
  }

  @Test
  @Order(1)
  void aWrongPathIsNotTakenForAnAnswer() {
    SchemaRegistry wrong = SchemaRegistry.at(server.url() + "/nowhere", Map.of(), SHORT);
    KappaException e = assertThrows(KappaException.class, () -> wrong.open().find(1));
    assertThat(e.getMessage(), containsString("there is no schema registry with Confluent's API"));
  }

  @Test
  @Order(2)
  void whileTheRegistryIsDownOnlyWhatIsKnownIsReadAndItsReturnIsWaitedFor() throws Exception {
    List<byte[]> log = messages("outage", MessageFormat.AVRO_CONFLUENT);
    SchemaPins pins = registry(SHORT).pin("outage", List.of(), TYPES);
    SchemaRegistry impatient = SchemaRegistry.at(server.url(), Map.of(), Duration.ofSeconds(2));
    SchemaRegistry patient = SchemaRegistry.at(server.url(), Map.of(), Duration.ofMinutes(3));
    assertThat(decode(log.subList(0, 1), impatient), is(List.of(OLD)));
    server.stop();

    assertThat(decode(log.subList(0, 1), impatient), is(List.of(OLD)));
    assertThat(decode(log, pins), is(List.of(OLD, NEW, LABEL)));
    KappaException e = assertThrows(KappaException.class, () -> decode(log, impatient));
    assertThat(
        e.getMessage(),
        allOf(
            containsString("the schema registry at " + server.url() + " does not answer"),
            containsString("start it, or correct --schemaRegistryUrl")));
    assertThat(e.getMessage().lines().count(), is(1L));

    CompletableFuture<Object> asked =
        CompletableFuture.supplyAsync(() -> patient.open().find(1_000_000));
    server.startAgain();
    // In memory: it comes back empty, and says so.
    assertThat(asked.get(3, TimeUnit.MINUTES), is(nullValue()));
  }
}
