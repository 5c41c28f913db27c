package org.kappabeam.transforms.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.observe.ReadPositions;

class ThrottleTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void recordsTakeTheirTurns() {
    Throttle.Pace pace = Throttle.Pace.of(UUID.randomUUID().toString());
    long now = System.nanoTime() + SECOND;

    assertThat("the first waits for nobody", pace.reserve(50, 100, now), is(0L));
    assertThat(pace.reserve(100, 100, now), is(SECOND / 2));
    assertThat(pace.reserve(1, 100, now + SECOND), is(SECOND / 2));
  }

  @Test
  void timeThatNobodyUsedIsNotSavedUp() {
    Throttle.Pace pace = Throttle.Pace.of(UUID.randomUUID().toString());
    long now = System.nanoTime() + SECOND;
    long later = now + 100 * SECOND;

    assertThat(pace.reserve(100, 100, now), is(0L));
    assertThat(pace.reserve(100, 100, later), is(0L));
    assertThat(pace.reserve(100, 100, later), is(SECOND));
  }

  @Test
  void aRateOfNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Throttle.to(0));
    assertThrows(IllegalArgumentException.class, () -> Throttle.to(Double.NaN));
  }

  @Test
  void everythingPassesInItsTimeAndThePositionsAreKnown() {
    List<LogBatch> batches = new ArrayList<>();
    for (int b = 0; b < 10; b++) {
      List<LogRecord> records = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        records.add(
            LogRecord.of(
                LogPosition.of("p" + b % 2, 10L * b + i),
                1_000L * b + i,
                null,
                new byte[] {1},
                List.of()));
      }
      batches.add(LogBatch.of(records));
    }
    Pipeline pipeline = Pipeline.create();
    PCollection<LogBatch> passed =
        pipeline
            .apply(Create.of(batches).withCoder(LogBatchCoder.of()))
            .apply(Throttle.to(200))
            .apply(ReadPositions.note());
    PAssert.that(passed).containsInAnyOrder(batches);

    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    // 90 of the 100 records have to wait for others.
    assertThat(System.nanoTime() - start, greaterThanOrEqualTo(90 * SECOND / 200));
    ReadPositions positions = ReadPositions.of(result);
    assertThat(positions.nextOffsets().get("p0"), is(90L));
    assertThat(positions.nextOffsets().get("p1"), is(100L));
    assertThat(positions.logTimes().get("p1"), is(9_009L));
  }
}
