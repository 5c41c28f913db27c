package org.kappabeam.transforms.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogPaceTest {
  private static final long LEAD = 10;

  private final LogPace.Runner one = LogPace.join("pace test", LEAD);
  private final LogPace.Runner other = LogPace.join("pace test", LEAD);

  @AfterEach
  void leave() {
    one.leave();
    other.leave();
  }

  @Test
  void theSlowestMayAlwaysGo() {
    assertThat(other.mayGo(1_000, 0), is(false));
    assertThat(one.mayGo(0, 0), is(true));
    assertThat(one.mayGo(500, 0), is(true));
  }

  @Test
  void aReaderWithinTheLeadMayGoAndOneBeyondItMayNot() {
    assertThat(one.mayGo(100, 0), is(false));
    assertThat(other.mayGo(100, 0), is(true));
    assertThat(one.mayGo(110, 0), is(true));
    assertThat(one.mayGo(111, 0), is(false));
  }

  @Test
  void aBatchMayCoverMoreTimeThanTheLead() {
    other.mayGo(100, 0);
    assertThat(one.mayGo(150, 40), is(true));
  }

  @Test
  void nobodyWaitsForAReaderThatHasNothingToReadOrIsClosed() {
    other.mayGo(0, 0);
    assertThat(one.mayGo(1_000, 0), is(false));
    other.pause();
    assertThat(one.mayGo(1_000, 0), is(true));
    other.mayGo(0, 0);
    assertThat(one.mayGo(2_000, 0), is(false));
    other.leave();
    assertThat(one.mayGo(2_000, 0), is(true));
  }

  @Test
  void whoHasWaitedLongEnoughGoesOn() {
    other.mayGo(0, 0);
    long start = System.nanoTime();
    while (!one.mayGo(1_000, 0)) {
      Thread.onSpinWait();
    }
    long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(waited, greaterThanOrEqualTo(LogPace.PATIENCE_MILLIS));
  }

  @Test
  void readersOfAnotherSourceHaveAPaceOfTheirOwn() {
    LogPace.Runner stranger = LogPace.join("another source", LEAD);
    assertThat(stranger.mayGo(1_000_000, 0), is(true));
    stranger.leave();
  }
}
