package org.kappabeam.pipelines.fraud;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.FraudLabelType;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotGraph;
import org.kappabeam.pipelines.pilot.PilotGraph.Message;

/**
 * The pilot's graph against a brute-force model: duplicates, ties in time and contradicting records
 * included, every order and batching gives the same views, live and as a slice.
 */
class FraudFeaturesTest {
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final long START = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
  private static final int TRANSACTIONS = 300;
  private static final Pilot PILOT = new FraudPilot();

  private static final List<Message> MESSAGES = new ArrayList<>();
  private static FraudModel model;
  private static long damaged;
  private static long late;
  private static PilotGraph.Result first;

  @BeforeAll
  static void writeTheLog() {
    Random random = new Random(20240101);
    List<Transaction> transactions = new ArrayList<>();
    List<FraudLabel> labels = new ArrayList<>();
    for (int i = 0; i < TRANSACTIONS; i++) {
      Transaction transaction = transaction(random, i);
      transactions.add(transaction);
      // One in six contradicts itself, some of them twice.
      for (int v = random.nextInt(6) == 0 ? 1 + random.nextInt(2) : 0; v > 0; v--) {
        transactions.add(variant(random, transaction));
      }
    }
    for (Transaction t : transactions) {
      if (random.nextInt(t.terminalId().equals("0") ? 2 : 8) == 0) {
        FraudLabel label = FraudLabel.after(t);
        labels.add(label);
        if (random.nextInt(4) == 0) {
          labels.add(
              FraudLabel.of(
                  label.transactionId(),
                  label.terminalId(),
                  label.transactionTime() - 1 - random.nextInt(3),
                  label.eventTime()));
        }
      }
    }
    model = new FraudModel(transactions, labels);
    for (Transaction t : transactions) {
      add(random, Message.of(TransactionType.of(), t, format(random)));
    }
    for (FraudLabel l : labels) {
      add(random, Message.of(FraudLabelType.of(), l, format(random)));
    }
    damaged = 7;
    for (int i = 0; i < damaged; i++) {
      MESSAGES.add(new Message(("{\"type\":" + i).getBytes(StandardCharsets.UTF_8), START));
    }
    late = 5;
    for (int i = 0; i < late; i++) {
      Message message = Message.of(TransactionType.of(), transactions.get(i), MessageFormat.AVRO);
      MESSAGES.add(new Message(message.value(), message.logTime() + 2 * DAY));
    }
    first = PilotGraph.slice(PILOT, PilotGraph.oneByOne(MESSAGES));
  }

  /** Times on a grid of three hours: ties, and events on the very edges of the windows. */
  private static Transaction transaction(Random random, int id) {
    // The first customer pays most often, so that there is a habit to break.
    int customer = random.nextInt(4) == 0 ? 0 : random.nextInt(20);
    return Transaction.of(
        Integer.toString(id),
        START + 3 * HOUR * random.nextInt(45 * 8),
        "c" + customer,
        Integer.toString(random.nextInt(8)),
        random.nextInt(10) == 0 ? 150_00 + random.nextInt(250_00) : 5_00 + random.nextInt(50_00));
  }

  /** The same id, time and customer, but another amount, another terminal, or both. */
  private static Transaction variant(Random random, Transaction t) {
    int change = 1 + random.nextInt(3);
    return Transaction.of(
        t.id(),
        t.eventTime(),
        t.customerId(),
        (change & 1) == 0 ? t.terminalId() : Integer.toString(random.nextInt(8)),
        (change & 2) == 0 ? t.amountCents() : 1_00 + random.nextInt(400_00));
  }

  private static MessageFormat format(Random random) {
    return random.nextBoolean() ? MessageFormat.AVRO : MessageFormat.JSON;
  }

  private static void add(Random random, Message message) {
    for (int copies = random.nextInt(7) == 0 ? 2 + random.nextInt(2) : 1; copies > 0; copies--) {
      MESSAGES.add(message);
    }
  }

  @Test
  void theModelIsWorthComparingWith() {
    Map<String, Integer> byRule = new TreeMap<>();
    for (String alert : model.alerts().keySet()) {
      byRule.merge(alert.substring(alert.indexOf('/') + 1), 1, Integer::sum);
    }
    assertThat(byRule.toString(), byRule.size(), is(AlertRule.values().length));
    assertThat(model.conflicts(), greaterThan(40L));
    assertThat(model.scored().size(), is(TRANSACTIONS));
    assertThat(
        model.scored().values().stream().filter(row -> row.evidence() > 2L << 40).count(),
        greaterThan(5L));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aSliceInAnyOrderGivesTheModelsViews(long seed) {
    assertIsTheModels(PilotGraph.slice(PILOT, PilotGraph.shuffled(MESSAGES, seed)));
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void aLiveLogInAnyOrderEndsWithTheModelsViews(long seed) {
    assertIsTheModels(PilotGraph.live(PILOT, PilotGraph.shuffled(MESSAGES, seed)));
  }

  private static void assertIsTheModels(PilotGraph.Result result) {
    assertThat(result.view(FraudViews.SCORED_TRANSACTIONS), equalTo(model.scored()));
    Map<String, List<Object>> alerts = new TreeMap<>();
    for (ViewRow row : result.view(FraudViews.ALERTS).values()) {
      if (!row.withdrawn()) {
        alerts.put(row.key(), List.of(row.evidence(), row.value(column("value"))));
      }
    }
    assertThat(alerts, equalTo(model.alerts()));
    // Reasons and withdrawn alerts, too, follow from the set of events.
    assertThat(result.view(FraudViews.ALERTS), equalTo(first.view(FraudViews.ALERTS)));
    assertThat(result.conservation().isReconciled(), is(true));
    assertThat(result.conservation().read(), is((long) MESSAGES.size()));
    assertThat(result.conservation().folded(), is(model.folded()));
    assertThat(result.conservation().dead(), is(model.conflicts() + damaged + late));
  }

  @Test
  void anAlertThatALaterCorrectionRemovesEndsWithdrawn() {
    List<Message> log = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      log.add(payment("s" + i, i, "spender", "1", 10_00));
    }
    log.add(payment("spike", 20, "spender", "1", 150_00));
    List<Message> known = List.copyOf(log);
    // Older payments that arrive afterwards show that the customer often spends as much.
    for (int i = 0; i < 3; i++) {
      log.add(payment("late" + i, 10 + i, "spender", "1", 200_00));
    }
    String alert = "spike/SPENDING_SPIKE";
    assertThat(live(known).get(alert).withdrawn(), is(false));
    assertThat(live(log).get(alert).withdrawn(), is(true));
    assertThat(live(log).get(alert).value(column("status")), is("WITHDRAWN"));
  }

  @Test
  void anAlertOnAVariantThatLosesEndsWithdrawnThoughTheWinnerIsAtAnotherTerminal() {
    Message large = payment("x", 0, "c", "2", 300_00);
    Message small = payment("x", 0, "c", "1", 3_00);
    String alert = "x/LARGE_AMOUNT";
    assertThat(live(List.of(large)).get(alert).withdrawn(), is(false));
    assertThat(live(List.of(large, small)).get(alert).withdrawn(), is(true));
    assertThat(live(List.of(small, large)).get(alert).withdrawn(), is(true));
  }

  @Test
  void anAlertOnATerminalThatTurnsOutBusierEndsWithdrawn() {
    List<Message> log = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Transaction fraud = Transaction.of("f" + i, START + i * HOUR, "c" + i, "1", 20_00);
      log.add(Message.of(TransactionType.of(), fraud, MessageFormat.JSON));
      log.add(Message.of(FraudLabelType.of(), FraudLabel.after(fraud), MessageFormat.JSON));
    }
    log.add(payment("suspect", 8 * 24, "c9", "1", 20_00));
    List<Message> known = List.copyOf(log);
    for (int i = 0; i < 3; i++) {
      log.add(payment("honest" + i, 3 + i, "d" + i, "1", 20_00));
    }
    String alert = "suspect/COMPROMISED_TERMINAL";
    assertThat(live(known).get(alert).withdrawn(), is(false));
    assertThat(live(log).get(alert).withdrawn(), is(true));
  }

  @Test
  void oneIdUsedByTwoCustomersAtOneTerminalGivesTheSameViewsInAnyOrder() {
    Message habit = payment("before", 0, "careful", "1", 20_00);
    Message small = payment("x", 5, "careful", "1", 20_00);
    Message large = payment("x", 5, "generous", "1", 300_00);
    PilotGraph.Result smallFirst =
        PilotGraph.live(PILOT, PilotGraph.oneByOne(List.of(habit, small, large)));
    PilotGraph.Result largeFirst =
        PilotGraph.live(PILOT, PilotGraph.oneByOne(List.of(large, habit, small)));
    assertThat(
        smallFirst.view(FraudViews.SCORED_TRANSACTIONS),
        equalTo(largeFirst.view(FraudViews.SCORED_TRANSACTIONS)));
    assertThat(smallFirst.view(FraudViews.ALERTS), equalTo(largeFirst.view(FraudViews.ALERTS)));
  }

  private static Map<String, ViewRow> live(List<Message> messages) {
    return PilotGraph.live(PILOT, PilotGraph.oneByOne(messages)).view(FraudViews.ALERTS);
  }

  private static Message payment(
      String id, int hour, String customer, String terminal, long cents) {
    return Message.of(
        TransactionType.of(),
        Transaction.of(id, START + hour * HOUR, customer, terminal, cents),
        MessageFormat.AVRO);
  }

  private static int column(String name) {
    for (int i = 0; i < FraudViews.ALERTS.columns().size(); i++) {
      if (FraudViews.ALERTS.columns().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new AssertionError("no column " + name);
  }
}
