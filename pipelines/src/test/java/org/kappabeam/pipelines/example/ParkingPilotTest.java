package org.kappabeam.pipelines.example;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotGraph;
import org.kappabeam.pipelines.pilot.PilotGraph.Message;

class ParkingPilotTest {
  private static final long NOON = Instant.parse("2024-05-01T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final Pilot PILOT = new ParkingPilot();

  @Test
  void theViewSaysHowFullAGarageIsAndHowBusy() {
    List<Message> log =
        List.of(
            passage("a", -90 * MINUTE, "north", 1),
            passage("b", 0, "north", 1),
            passage("c", 10 * MINUTE, "south", 1),
            passage("d", 20 * MINUTE, "north", -1));
    PilotGraph.Result result = PilotGraph.live(PILOT, PilotGraph.oneByOne(log));
    List<Object> row = result.view(GarageFold.VIEW).get("d").values();
    assertThat(row, is(List.of("north", (NOON + 20 * MINUTE) * 1_000, 1L, 2L)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyOrderLiveOrAsASliceGivesTheSameView(long seed) {
    List<Message> log = day();
    PilotGraph.Result inOrder = PilotGraph.slice(PILOT, PilotGraph.oneByOne(log));
    PilotGraph.Result live = PilotGraph.live(PILOT, PilotGraph.shuffled(log, seed));
    PilotGraph.Result slice = PilotGraph.slice(PILOT, PilotGraph.shuffled(log, seed));
    assertThat(live, equalTo(inOrder));
    assertThat(slice, equalTo(inOrder));
    assertThat(live.conservation().toString(), live.conservation().isReconciled(), is(true));
  }

  /** 200 passages, one in ten twice, one with half a car. */
  private static List<Message> day() {
    Random random = new Random(5);
    List<Message> log = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Message message =
          passage(
              "p" + i,
              random.nextInt(24 * 60) * MINUTE,
              random.nextBoolean() ? "north" : "south",
              random.nextInt(3) == 0 ? -1 : 1);
      log.add(message);
      if (i % 10 == 0) {
        log.add(message);
      }
    }
    log.add(passage("bus", 0, "north", 2));
    return log;
  }

  @Test
  void thePilotIsFoundByItsLineOfRegistration() {
    List<String> names =
        ServiceLoader.load(Pilot.class).stream().map(pilot -> pilot.get().name()).toList();
    assertThat(names, hasItem("parking"));
  }

  private static Message passage(String id, long sinceNoon, String garage, long change) {
    return Message.of(
        PassageType.of(), Passage.of(id, NOON + sinceNoon, garage, change), MessageFormat.JSON);
  }
}
