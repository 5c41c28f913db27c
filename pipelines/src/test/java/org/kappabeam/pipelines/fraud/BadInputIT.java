package org.kappabeam.pipelines.fraud;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Everything a hostile or broken producer can write, between good records, in a real log. */
class BadInputIT {
  private static final long LOG_TIME = 1_700_000_000_000L;
  private static final byte[] KEY = "c1".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;

  private EmbeddedKafka kafka;
  private String log;
  private final EventEncoder encoder = new EventEncoder();
  private final List<String> expected = new ArrayList<>();
  private int good;
  private LogWriter writer;

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    log = kafka.uri("fraud");
    Logs.create(log, 1, Map.of());
    writer = Logs.writer(log, Map.of());
  }

  @AfterEach
  void stop() {
    writer.close();
    kafka.close();
  }

  @Test
  void eachBadRecordIsADeadLetterWithItsReasonAndPositionAndTheJobLives() {
    byte[] avro = message("a", LOG_TIME, 100, MessageFormat.AVRO);
    good(avro);
    bad("MALFORMED", Arrays.copyOf(avro, avro.length - 3));
    bad("MALFORMED", Arrays.copyOf(avro, 9));
    byte[] otherSchema = avro.clone();
    otherSchema[5] ^= 0x55;
    bad("UNKNOWN_SCHEMA", otherSchema);
    bad("MALFORMED", Arrays.copyOf(avro, avro.length + 1));
    String json =
        new String(message("b", LOG_TIME, 100, MessageFormat.JSON), StandardCharsets.UTF_8);
    good(utf8(json));
    bad("MALFORMED", utf8(json.replaceFirst(",\"terminalId\":\"[^\"]*\"", "")));
    bad("MALFORMED", utf8(json.replaceFirst("\\}$", ",\"color\":red}")));
    bad("INVALID", utf8(json.replace("\"b\"", "\"" + "b".repeat(100_000) + "\"")));
    bad("MALFORMED", utf8(json.replaceFirst("\"amountCents\":100", "\"amountCents\":\"lots\"")));
    bad("MALFORMED", utf8(json.replaceFirst("\"amountCents\":100", "\"amountCents\":1e999")));
    bad(
        "MALFORMED",
        utf8(json.replaceFirst("\"amountCents\":100", "\"amountCents\":99999999999999999999")));
    bad("UNKNOWN_SCHEMA", utf8("{\"type\":\"refund\"}"));
    bad("MALFORMED", utf8("{\"type\":\"transaction\""));
    bad("MALFORMED", utf8("hello"));
    bad("INVALID", message("c", LOG_TIME, -1, MessageFormat.AVRO));
    bad("INVALID", message("d", LOG_TIME, Long.MAX_VALUE, MessageFormat.AVRO));
    bad("TOO_LATE", message("e", LOG_TIME - 400L * 86_400_000, 100, MessageFormat.AVRO));
    bad("TOO_EARLY", message("f", LOG_TIME + 400L * 86_400_000, 100, MessageFormat.AVRO));
    bad("INVALID", message("g", -5_000_000_000_000L, 100, MessageFormat.AVRO));
    bad("TOO_LARGE", new byte[1 << 20]);
    bad("EMPTY", null);
    bad("EMPTY", new byte[0]);
    expected.add("INVALID");
    writer.write(new byte[0], message("h", LOG_TIME, 100, MessageFormat.AVRO), LOG_TIME);
    bad("MALFORMED", invalidUtf8(json));
    good(message("i", LOG_TIME, 100, MessageFormat.AVRO));
    writer.flush();

    String db = "sqlite:" + dir.resolve("fraud.db");
    KappaOptions options =
        PipelineOptionsFactory.fromArgs("--log=" + log, "--view=" + db, "--until=latest")
            .as(KappaOptions.class);
    KappaPipeline pipeline =
        KappaPipeline.plan(new FraudPilot(), options, Logs.open(log, Map.of()));
    PipelineResult result = pipeline.build().run();
    assertThat(result.waitUntilFinish(), is(PipelineResult.State.DONE));

    Conservation counts = Conservation.of(result);
    assertThat(counts, equalTo(Conservation.of(expected.size(), good, 0, expected.size() - good)));
    Map<Long, String> reasons = new TreeMap<>();
    List<ViewRow> letters = new ArrayList<>();
    try (ViewStore store = Views.at(db, 1).open()) {
      assertThat(store.count(FraudViews.SCORED_TRANSACTIONS), is((long) good));
      store.scan(DeadLetterView.schema(), false, letters::add);
    }
    for (ViewRow letter : letters) {
      assertThat(letter.key(), containsString("0@"));
      reasons.put(Long.parseLong(letter.key().substring(2)), (String) letter.value(0));
    }
    assertThat(letters, hasSize(expected.size() - good));
    for (int offset = 0; offset < expected.size(); offset++) {
      assertThat("offset " + offset, reasons.get((long) offset), equalTo(expected.get(offset)));
    }
  }

  private void good(byte[] value) {
    good++;
    expected.add(null);
    writer.write(KEY, value, LOG_TIME);
  }

  private void bad(String reason, byte[] value) {
    expected.add(reason);
    writer.write(KEY, value, LOG_TIME);
  }

  private byte[] message(String id, long time, long cents, MessageFormat format) {
    return encoder.encode(
        TransactionType.of(), Transaction.of(id, time, "c1", "t1", cents), format);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] invalidUtf8(String json) {
    byte[] bytes = utf8(json.replace("\"b\"", "\"?b\""));
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '?') {
        bytes[i] = (byte) 0xFF;
      }
    }
    return bytes;
  }
}
