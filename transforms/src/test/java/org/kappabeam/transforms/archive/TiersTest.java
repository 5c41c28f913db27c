package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

class TiersTest {
  @TempDir private Path dir;

  /** The tiers of an archive and a log that have these ranges. */
  private Tiers tiers(Slice cold, Slice hot) {
    Archives.commit(dir, 1, cold, List.of());
    return Tiers.of(ArchiveLog.of(Archives.uri(dir)), hot);
  }

  private static Slice.Range range(String partition, long from, long until) {
    return Slice.Range.of(partition, from, until);
  }

  private static Slice slice(Slice.Range... ranges) {
    return Slice.of(Arrays.asList(ranges));
  }

  /** The archive has [10, 50), the log [30, 70). */
  @ParameterizedTest
  @CsvSource({
    // slice, of the archive, of the log
    "10, 70, 10, 50, 50, 70",
    "10, 20, 10, 20, 20, 20",
    "10, 50, 10, 50, 50, 50",
    "40, 60, 40, 50, 50, 60",
    "50, 70, 50, 50, 50, 70",
    "60, 65, 60, 60, 60, 65",
    "70, 70, 70, 70, 70, 70",
    "20, 9223372036854775807, 20, 50, 50, 9223372036854775807",
  })
  void aSliceIsCutWhereTheArchiveEnds(
      long from, long until, long coldFrom, long coldUntil, long hotFrom, long hotUntil) {
    Tiers.Parts parts =
        tiers(slice(range("0", 10, 50)), slice(range("0", 30, 70)))
            .cut(slice(range("0", from, until)));

    assertThat(parts.cold(), is(slice(range("0", coldFrom, coldUntil))));
    assertThat(parts.hot(), is(slice(range("0", hotFrom, hotUntil))));
  }

  @Test
  void whatIsBeforeTheArchiveComesFromTheLog() {
    Tiers tiers = tiers(slice(range("0", 10, 50)), slice(range("0", 5, 70)));

    assertThat(tiers.cut(slice(range("0", 7, 60))).hot(), is(slice(range("0", 7, 60))));
  }

  @Test
  void aPartitionThatTheArchiveDoesNotKnowIsTheLogs() {
    Tiers tiers = tiers(slice(range("0", 0, 50)), slice(range("0", 0, 70), range("1", 0, 3)));
    Tiers.Parts parts = tiers.cut(slice(range("0", 0, 70), range("1", 0, 3)));

    assertThat(parts.hot(), is(slice(range("0", 50, 70), range("1", 0, 3))));
    assertThat(parts.pending(), contains("0", "1"));
  }

  @Test
  void eachPartitionWithAGapIsNamedWithItsFirstMissingOffset() {
    Tiers tiers =
        tiers(
            slice(range("0", 0, 50), range("1", 0, 40), range("2", 10, 40)),
            slice(range("0", 51, 70), range("1", 40, 60), range("2", 20, 60), range("3", 1, 9)));

    assertGap(
        () ->
            tiers.cut(
                slice(range("0", 0, 70), range("1", 0, 60), range("2", 5, 60), range("3", 0, 9))),
        "0 from offset 50",
        "2 from offset 5",
        "3 from offset 0");
    assertThat(tiers.cut(slice(range("0", 3, 50))).cold(), is(slice(range("0", 3, 50))));
    assertThat(tiers.cut(slice(range("0", 51, 60))).hot(), is(slice(range("0", 51, 60))));
  }

  @Test
  void anInstantIsTheFirstRecordOfBothTiers() {
    Tiers tiers = tiers(slice(range("0", 10, 50)), slice(range("0", 30, 70)));
    LogBound from = LogBound.from("2026-01-01T00:00:00Z");
    LogBound until = LogBound.until("2026-01-02T00:00:00Z", from);

    // The log itself finds only what it still has.
    assertThat(
        tiers.resolve(
            from, until, Map.of("0", range("0", 20, 50)), Map.of("0", range("0", 30, 55))),
        is(slice(range("0", 20, 55))));
    assertThat(
        tiers.resolve(
            from, until, Map.of("0", range("0", 20, 25)), Map.of("0", range("0", 30, 30))),
        is(slice(range("0", 20, 25))));
    assertThat(
        tiers.resolve(
            from, until, Map.of("0", range("0", 50, 50)), Map.of("0", range("0", 60, 65))),
        is(slice(range("0", 60, 65))));
  }

  @Test
  void anInstantInAGapIsAGap() {
    Tiers tiers = tiers(slice(range("0", 10, 50)), slice(range("0", 60, 70)));
    LogBound from = LogBound.from("2026-01-01T00:00:00Z");
    LogBound latest = LogBound.until("latest", from);

    assertGap(
        () ->
            tiers.resolve(
                from, latest, Map.of("0", range("0", 50, 50)), Map.of("0", range("0", 60, 70))),
        "0 from offset 50");
    LogBound end = LogBound.from("latest");
    assertThat(
        tiers.resolve(
            end, latest, Map.of("0", range("0", 50, 50)), Map.of("0", range("0", 70, 70))),
        is(slice(range("0", 70, 70))));
  }

  @Test
  void anArchiveOfAnotherLogIsRefused() {
    KappaException shorter =
        assertThrows(
            KappaException.class, () -> tiers(slice(range("0", 0, 50)), slice(range("0", 0, 49))));
    assertThat(shorter.getMessage(), containsString("ends at offset 49, before the end 50"));
    KappaException narrower =
        assertThrows(
            KappaException.class,
            () -> Tiers.of(ArchiveLog.of(Archives.uri(dir)), slice(range("7", 0, 50))));
    assertThat(narrower.getMessage(), containsString("no partition 0"));
  }

  @Test
  void aLogWhosePositionsAreNoOffsetsIsRefused() {
    Archives.commit(dir, 1, slice(range("0", 0, 50)), List.of());
    Log wide = new WideLog();

    for (Executable what :
        List.<Executable>of(
            () -> ArchiveCopy.plan(wide, Archives.uri(dir), "earliest", "latest", true),
            () ->
                new TieredLog(ArchiveLog.of(Archives.uri(dir)), wide)
                    .resolve("earliest", "latest"))) {
      KappaException failure = assertThrows(KappaException.class, what);
      assertThat(failure.getMessage(), containsString("wide:log has positions that are no"));
      assertThat(failure.getMessage().lines().count(), is(1L));
    }
  }

  /** A log that counts in numbers too wide for an offset; it is only asked for its bounds. */
  private static final class WideLog implements Log {
    @Override
    public String uri() {
      return "wide:log";
    }

    @Override
    public Slice resolve(String from, String until) {
      return TiersTest.slice(
          Slice.Range.ofText("0", "49546986683135544286507457936321625675700192", "5"));
    }

    @Override
    public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long lateness) {
      throw new AssertionError("read");
    }

    @Override
    public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
      throw new AssertionError("read");
    }
  }

  private static void assertGap(Executable what, String... gaps) {
    String message = assertThrows(KappaException.class, what).getMessage();
    assertThat(message.lines().count(), is(1L));
    for (String gap : gaps) {
      assertThat(message, containsString(gap));
    }
  }
}
