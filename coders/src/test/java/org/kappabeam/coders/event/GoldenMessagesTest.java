package org.kappabeam.coders.event;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.kappabeam.coders.Samples;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaSource;

/**
 * The bytes of one message of every version in every format, as they lie in logs since that version
 * came. They never change: a log is read for ever. A new version adds lines: {@code
 * -Dkappa.golden.regenerate=true} writes the file anew, and fails, so that nobody does it unseen.
 */
class GoldenMessagesTest {
  private static final Path FILE = Path.of("src/test/resources/golden/fraud.txt");
  private static final boolean REGENERATE = Boolean.getBoolean("kappa.golden.regenerate");
  private static final List<EventType<?>> TYPES =
      List.of(TransactionType.of(), FraudLabelType.of());

  /** A message of one version: what it was made from, and what it means today. */
  private record Golden<E>(EventType<E> type, EventSchema version, E event, MessageFormat format) {
    String name() {
      return "%s.v%d %s".formatted(type.name(), version.version(), format);
    }

    byte[] encode() {
      return new EventEncoder(TYPES, GoldenMessagesTest::id).encode(type, event, format, version);
    }
  }

  /** Ids as a registry might have given them. */
  private static int id(EventType<?> type, EventSchema version, MessageFormat format) {
    return 0x01020300
        + TYPES.indexOf(type) * 16
        + version.version() * 2
        + (format == MessageFormat.AVRO_CONFLUENT ? 0 : 1);
  }

  private static SchemaSource.Opener registry() {
    return () ->
        id -> {
          for (EventType<?> type : TYPES) {
            for (EventSchema version : type.schemas().versions()) {
              if (id == id(type, version, MessageFormat.AVRO_CONFLUENT)) {
                return RegisteredSchema.of(Language.AVRO, version.avro().toString(), List.of());
              }
              if (id == id(type, version, MessageFormat.PROTOBUF_CONFLUENT)) {
                return RegisteredSchema.of(
                    Language.PROTOBUF, String.valueOf(version.protoText()), List.of());
              }
            }
          }
          return null;
        };
  }

  private static List<Golden<?>> all() {
    Transaction t = Samples.TRANSACTION;
    Transaction categorised =
        Transaction.of(
            t.id(), t.eventTime(), t.customerId(), t.terminalId(), t.amountCents(), 5411);
    List<Golden<?>> all = new ArrayList<>();
    add(all, TransactionType.of(), List.of(t, categorised));
    add(all, FraudLabelType.of(), List.of(Samples.LABEL));
    return all;
  }

  /** One event for each version, with all that version can say. */
  private static <E> void add(List<Golden<?>> all, EventType<E> type, List<E> events) {
    assertThat(
        "one sample for each version of " + type.name(),
        events.size(),
        is(type.schemas().versions().size()));
    for (EventSchema version : type.schemas().versions()) {
      for (MessageFormat format : MessageFormat.values()) {
        all.add(new Golden<>(type, version, events.get(version.version() - 1), format));
      }
    }
  }

  private static Map<String, byte[]> committed() throws IOException {
    Map<String, byte[]> lines = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FILE)) {
      int bytes = line.lastIndexOf(' ');
      lines.put(line.substring(0, bytes), HexFormat.of().parseHex(line.substring(bytes + 1)));
    }
    return lines;
  }

  @Test
  void everyVersionHasItsMessagesAndNothingElseIsThere() throws IOException {
    if (REGENERATE) {
      List<String> lines =
          all().stream()
              .map(golden -> golden.name() + " " + HexFormat.of().formatHex(golden.encode()))
              .toList();
      Files.write(FILE, lines);
      throw new AssertionError("golden bytes written anew: look at the difference and commit it");
    }
    assertThat(List.copyOf(committed().keySet()), is(all().stream().map(Golden::name).toList()));
  }

  @TestFactory
  List<DynamicTest> messagesNeverChange() throws IOException {
    Map<String, byte[]> committed = committed();
    return all().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () ->
                        assertThat(
                            HexFormat.of().formatHex(golden.encode()),
                            is(HexFormat.of().formatHex(committed.get(golden.name()))))))
        .toList();
  }

  @TestFactory
  List<DynamicTest> messagesOfEveryVersionAreReadAsToday() throws IOException {
    Map<String, byte[]> committed = committed();
    return all().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.name(),
                    () -> {
                      EventDecoder decoder =
                          new EventDecoder(
                              TYPES,
                              1_000,
                              LogFormat.of(golden.format(), plain(golden), registry()));
                      decoder.decode(committed.get(golden.name()));
                      assertThat(decoder.event(), is((Object) golden.event()));
                    }))
        .toList();
  }

  /** Plain Avro says nothing about its version: the log's format has to. */
  private static String plain(Golden<?> golden) {
    if (golden.format() != MessageFormat.AVRO_PLAIN) {
      return null;
    }
    int version = golden.type() == TransactionType.of() ? golden.version().version() : 1;
    return "["
        + TransactionType.of().schemas().version(version).avro()
        + ","
        + FraudLabelType.of().schemas().newest().avro()
        + "]";
  }
}
