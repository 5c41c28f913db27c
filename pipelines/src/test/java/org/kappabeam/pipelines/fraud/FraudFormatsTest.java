package org.kappabeam.pipelines.fraud;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventSchema;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotGraph;
import org.kappabeam.pipelines.pilot.PilotGraph.Message;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.pipelines.simulate.LabelledTransaction;

/** Whatever the events are written in, and in whichever version, the views are the same. */
class FraudFormatsTest {
  private static final Pilot PILOT = new FraudPilot();
  private static final List<LabelledTransaction> EVENTS = new ArrayList<>();
  private static final String PINS = pins().toJson();
  private static PilotGraph.Result first;

  @BeforeAll
  static void simulate() {
    new FraudSimulator(FraudSimulator.Options.of(3, 20, 12, 20)).forEach(EVENTS::add);
    // Without a registry, without options: as it has always been.
    first = PilotGraph.slice(PILOT, log(0, MessageFormat.AVRO));
    assertThat(first.view(FraudViews.SCORED_TRANSACTIONS).size(), is(EVENTS.size()));
    assertThat(EVENTS.size(), is(greaterThan(200)));
  }

  private static int id(EventType<?> type, EventSchema version, MessageFormat format) {
    return (format == MessageFormat.AVRO_CONFLUENT ? 1 : 2)
        + 10 * version.version()
        + 100 * FraudFeatures.eventTypes().indexOf(type);
  }

  private static SchemaPins pins() {
    List<SchemaPins.Pin> pins = new ArrayList<>();
    for (EventType<?> type : FraudFeatures.eventTypes()) {
      for (EventSchema version : type.schemas().versions()) {
        pins.add(
            new SchemaPins.Pin(
                type.name(),
                version.version(),
                id(type, version, MessageFormat.AVRO_CONFLUENT),
                RegisteredSchema.of(Language.AVRO, version.avro().toString(), List.of())));
        pins.add(
            new SchemaPins.Pin(
                type.name() + "-protobuf",
                version.version(),
                id(type, version, MessageFormat.PROTOBUF_CONFLUENT),
                RegisteredSchema.of(
                    Language.PROTOBUF, String.valueOf(version.protoText()), List.of())));
      }
    }
    return SchemaPins.of(pins);
  }

  /** All events, each in one of the formats and, unless the seed is 0, in any version. */
  private static List<LogBatch> log(long seed, MessageFormat... formats) {
    EventEncoder encoder = new EventEncoder(FraudFeatures.eventTypes(), FraudFormatsTest::id);
    Random random = new Random(seed);
    List<Message> messages = new ArrayList<>();
    for (LabelledTransaction next : EVENTS) {
      int versions = TransactionType.of().schemas().versions().size();
      EventSchema version =
          TransactionType.of()
              .schemas()
              .version(seed == 0 ? versions : 1 + random.nextInt(versions));
      messages.add(
          new Message(
              encoder.encode(
                  TransactionType.of(),
                  next.transaction(),
                  formats[random.nextInt(formats.length)],
                  version),
              next.transaction().eventTime()));
      if (next.fraud()) {
        FraudLabel label = FraudLabel.after(next.transaction());
        messages.add(
            new Message(
                encoder.encode(FraudLabelType.of(), label, formats[random.nextInt(formats.length)]),
                label.eventTime()));
      }
    }
    return PilotGraph.shuffled(messages, seed);
  }

  @ParameterizedTest
  @EnumSource(names = {"AVRO_PLAIN", "PROTOBUF_PLAIN", "AVRO_CONFLUENT"})
  void aLogInOneFormatGivesTheSameViews(MessageFormat format) {
    PilotGraph.Result result =
        PilotGraph.slice(
            PILOT, log(0, format), "--messageFormat=" + format, "--schemaPins=" + PINS);
    assertThat(result.views(), equalTo(first.views()));
  }

  @Test
  void aLogThatMixesFormatsAndVersionsGivesTheSameViews() {
    PilotGraph.Result result =
        PilotGraph.slice(
            PILOT,
            log(
                5,
                MessageFormat.AVRO,
                MessageFormat.JSON,
                MessageFormat.AVRO_CONFLUENT,
                MessageFormat.PROTOBUF_CONFLUENT),
            "--schemaPins=" + PINS);
    assertThat(result.views(), equalTo(first.views()));
    assertThat(result.conservation(), equalTo(first.conservation()));
  }
}
