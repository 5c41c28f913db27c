package org.kappabeam.transforms.pubsub;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PubsubClockTest {
  private static final long NONE = Long.MAX_VALUE;

  private long now = TimeUnit.DAYS.toNanos(300);

  private PubsubClock clock() {
    return new PubsubClock(PubsubClock.NO_TIME, 0, () -> now);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void beforeAnyMessageThereIsNoTime() {
    PubsubClock clock = clock();
    assertThat(clock.reached(NONE), is(PubsubClock.NO_TIME));
    pass(1_000);
    assertThat(clock.reached(NONE), is(PubsubClock.NO_TIME));
  }

  @Test
  void whileMessagesComeTheLowestOfTheLastMinuteCounts() {
    PubsubClock clock = clock();
    clock.arrived(1_000);
    pass(5);
    clock.arrived(90_000);
    assertThat(clock.reached(NONE), is(1_000L));
    for (int i = 0; i < 11; i++) {
      pass(5);
      clock.arrived(100_000 + i);
    }
    assertThat("still within the minute", clock.reached(NONE), is(1_000L));
    for (int i = 0; i < 3; i++) {
      pass(5);
      clock.arrived(200_000);
    }
    assertThat(clock.reached(NONE), is(100_000L));
  }

  @Test
  void onceNothingComesTheNewestCountsAndThenStandsStill() {
    PubsubClock clock = clock();
    clock.arrived(5_000);
    clock.arrived(1_000);
    pass(9);
    assertThat(clock.reached(NONE), is(1_000L));
    pass(2);
    assertThat(clock.reached(NONE), is(5_000L));
    pass(100_000);
    assertThat("the machine's clock does not move it", clock.reached(NONE), is(5_000L));
  }

  @Test
  void whatIsInHandHoldsIt() {
    PubsubClock clock = clock();
    clock.arrived(5_000);
    clock.arrived(1_000);
    pass(20);
    assertThat(clock.reached(1_000), is(1_000L));
    assertThat(clock.reached(NONE), is(5_000L));
  }

  @Test
  void itNeverGoesBack() {
    PubsubClock clock = clock();
    clock.arrived(5_000);
    pass(20);
    assertThat(clock.reached(NONE), is(5_000L));
    clock.arrived(1_000);
    assertThat(clock.reached(1_000), is(5_000L));
  }

  @Test
  void aLongSilenceForgetsOldSamples() {
    PubsubClock clock = clock();
    clock.arrived(1_000);
    pass(3_600);
    clock.arrived(7_000);
    assertThat(clock.reached(NONE), is(7_000L));
  }

  @Test
  void whoGoesOnForAFailedReaderHoldsItsTimeForAWhile() {
    PubsubClock clock = new PubsubClock(3_000, TimeUnit.SECONDS.toNanos(60), () -> now);
    clock.arrived(9_000);
    pass(59);
    assertThat(clock.reached(NONE), is(3_000L));
    pass(2);
    assertThat(clock.reached(NONE), is(9_000L));
  }

  @Test
  void idlenessCountsFromTheLastMessage() {
    PubsubClock clock = clock();
    pass(7);
    assertThat(clock.idleNanos(), is(TimeUnit.SECONDS.toNanos(7)));
    clock.arrived(1);
    pass(2);
    assertThat(clock.idleNanos(), is(TimeUnit.SECONDS.toNanos(2)));
  }
}
