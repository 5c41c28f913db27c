package org.kappabeam.pipelines.replay;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;

class ReplayPlanTest {
  private static final ReplayPlan PLAN =
      new ReplayPlan(
          ReplayPlan.FORMAT,
          ReplayPlan.VERSION,
          "fraud",
          "1.2.3",
          "kafka://host:9092/topic",
          "sqlite:views.db",
          2,
          "all",
          "latest",
          List.of(
              ReplayPlan.Range.of(Slice.Range.of("0", 5, 17)),
              ReplayPlan.Range.of(Slice.Range.ofText("shard-1", "49590", "49599"))),
          Map.of("shards", "32", "allowedLateness", "1d"),
          Map.of("alerts", List.of("rule TEXT")),
          List.of(),
          new ReplayPlan.Estimate(12, 3072, 50_000, 1));

  /** The format people keep: if this fails, raise the version and read the old one as well. */
  private static final String GOLDEN =
      """
      {
        "format" : "kappa-plan",
        "version" : 1,
        "pilot" : "fraud",
        "pipeline" : "1.2.3",
        "log" : "kafka://host:9092/topic",
        "view" : "sqlite:views.db",
        "generation" : 2,
        "from" : "all",
        "until" : "latest",
        "slice" : [ {
          "partition" : "0",
          "from" : 5,
          "until" : 17
        }, {
          "partition" : "shard-1",
          "from" : 0,
          "until" : 1,
          "fromPosition" : "49590",
          "untilPosition" : "49599"
        } ],
        "options" : {
          "allowedLateness" : "1d",
          "shards" : "32"
        },
        "views" : {
          "alerts" : [ "rule TEXT" ]
        },
        "estimate" : {
          "records" : 12,
          "bytes" : 3072,
          "recordsPerSecond" : 50000,
          "seconds" : 1
        }
      }
      """;

  @Test
  void thePlanIsThisFile() {
    assertThat(PLAN.toJson(), equalTo(GOLDEN));
    assertThat(ReplayPlan.parse("golden", GOLDEN), equalTo(PLAN));
    assertThat(PLAN.id(), is("c486e9e1fdf3c28a"));
  }

  @Test
  void positionsComeBack() {
    assertThat(
        PLAN.pinnedSlice().ranges(),
        equalTo(
            List.of(Slice.Range.of("0", 5, 17), Slice.Range.ofText("shard-1", "49590", "49599"))));
    assertThat(PLAN.openSlice().isPinned(), is(false));
    assertThat(PLAN.openSlice().ranges().get(0).from(), is(5L));
  }

  @Test
  void theEstimateIsNoPartOfItsIdentityButAllElseIs() {
    ReplayPlan otherPace = ReplayPlan.parse("", GOLDEN.replace("50000", "10"));
    ReplayPlan otherEnd = ReplayPlan.parse("", GOLDEN.replace("17", "18"));
    assertThat(otherPace.id(), equalTo(PLAN.id()));
    assertThat(otherEnd.id(), not(equalTo(PLAN.id())));
  }

  @Test
  void aFileThatIsNoPlanIsOneLine() {
    for (String wrong :
        List.of(
            "",
            "[]",
            "{\"format\": \"else\"}",
            GOLDEN.replace("\"version\" : 1", "\"version\" : 2"),
            GOLDEN.replace("\"pilot\" : \"fraud\",", ""),
            GOLDEN.replace("\"generation\" : 2", "\"generation\" : 0"),
            GOLDEN.replace("\"generation\"", "\"generations\""),
            GOLDEN.substring(0, 200))) {
      KappaException e =
          assertThrows(KappaException.class, () -> ReplayPlan.parse("plan.json", wrong));
      assertThat(e.getMessage().lines().count(), is(1L));
      assertThat(e.getMessage(), containsString("plan"));
    }
  }
}
