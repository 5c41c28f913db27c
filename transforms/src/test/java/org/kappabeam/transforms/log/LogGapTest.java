package org.kappabeam.transforms.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasToString;

import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.coders.log.Slice.Range;

class LogGapTest {
  /** Partition 0 is whole, 1 has lost 100 records, 2 all 70. */
  private static final Slice THERE =
      Slice.of(List.of(Range.of("0", 0, 50), Range.of("1", 100, 200), Range.of("2", 70, 70)));

  @Test
  void whatTheLogStillHasIsNoGap() {
    assertThat(find(false, Range.of("0", 0, 50), Range.of("1", 100, 150)), empty());
    assertThat("nothing is read", find(false, Range.of("1", 10, 10)), empty());
  }

  @Test
  void aPlannedPositionThatIsGoneIsOne() {
    assertThat(
        find(false, Range.of("1", 99, 200)),
        contains(hasToString("partition 1 before offset 100")));
  }

  @Test
  void fromTheBeginningAnythingThatIsGoneIsOne() {
    assertThat(
        find(true, Range.of("0", 0, 50), Range.of("1", 100, 200), Range.of("2", 70, 70)),
        contains(new LogGap("1", 100), new LogGap("2", 70)));
    assertThat("begins behind it", find(true, Range.of("1", 101, 200)), empty());
  }

  @Test
  void aPartitionThatIsGoneIsOne() {
    assertThat(find(false, Range.of("9", 0, 5)), contains(new LogGap("9", 5)));
  }

  private static List<LogGap> find(boolean complete, Range... ranges) {
    return LogGap.find(new Bounds(), Slice.of(List.of(ranges)), complete);
  }

  /** Only says what it has. */
  private static final class Bounds implements Log {
    @Override
    public String uri() {
      return "bounds:";
    }

    @Override
    public Slice resolve(String from, String until) {
      return THERE;
    }

    @Override
    public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLateness) {
      throw new UnsupportedOperationException("only says what it has");
    }

    @Override
    public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
      throw new UnsupportedOperationException("only says what it has");
    }
  }
}
