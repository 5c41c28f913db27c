package org.kappabeam.transforms.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettlingClockTest {
  private static final Map<Integer, Long> BEFORE = Map.of(0, 10L, 1, 5L);
  private static final Map<Integer, Long> AFTER = Map.of(0, 12L, 1, 7L);

  private final SettlingClock<Integer> clock = new SettlingClock<>(1_000);

  @Test
  void aTimeDoesNotHoldBeforeItHasSettled() {
    clock.observe(0, 10, 500, BEFORE);
    clock.observe(1_009, 1_010, 600, AFTER);

    assertThat(clock.settled(), is(nullValue()));
  }

  @Test
  void aSettledTimeHoldsUpToTheEndsThatWereAskedForAfterwards() {
    clock.observe(0, 10, 500, BEFORE);
    clock.observe(1_010, 1_020, 600, AFTER);

    SettlingClock.Settled<Integer> settled = clock.settled();
    assertThat(settled.logTime(), is(500L));
    assertThat(settled.holdsFor(1, 6), is(false));
    assertThat(settled.holdsFor(1, 7), is(true));
  }

  @Test
  void aPartitionWhoseEndIsUnknownHasNoTime() {
    clock.observe(0, 10, 500, BEFORE);
    clock.observe(2_000, 2_010, 600, AFTER);

    assertThat(clock.settled().holdsFor(2, Long.MAX_VALUE), is(false));
  }

  @Test
  void anEmptyLogHasNoTime() {
    clock.observe(0, 10, LogTimes.NO_TIME, BEFORE);
    clock.observe(2_000, 2_010, LogTimes.NO_TIME, BEFORE);

    assertThat(clock.settled(), is(nullValue()));
  }

  @Test
  void ofSeveralSettledTimesTheNewestHolds() {
    clock.observe(0, 10, 500, BEFORE);
    clock.observe(500, 510, 700, BEFORE);
    clock.observe(1_600, 1_610, 900, AFTER);

    assertThat(clock.settled().logTime(), is(700L));
  }
}
