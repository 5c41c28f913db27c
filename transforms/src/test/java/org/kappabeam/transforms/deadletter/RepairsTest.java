package org.kappabeam.transforms.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.view.ViewRow;

class RepairsTest {
  private static final int RECORDS = 20;

  private static LogRecord record(LogPosition position, String value) {
    return LogRecord.of(
        position,
        1_000 + position.offset(),
        "key".getBytes(UTF_8),
        value.getBytes(UTF_8),
        List.of(LogHeader.of("h", new byte[] {1})));
  }

  private static Repair repair(LogPosition position, int attempt, String value) {
    return Repair.of(position.toString(), attempt, value.getBytes(UTF_8), "MALFORMED: x");
  }

  /** However the log is cut into batches, the repaired records are those that were repaired. */
  @Property(tries = 20)
  void aRepairChangesTheValueOfItsRecordAndNothingElse(
      @ForAll @Size(max = 8) Set<@IntRange(max = RECORDS - 1) Integer> repaired,
      @ForAll @Size(max = 4) Set<@IntRange(min = 1, max = RECORDS - 1) Integer> cuts) {
    List<Repair> repairs = new ArrayList<>();
    List<LogBatch> batches = new ArrayList<>();
    List<LogBatch> expected = new ArrayList<>();
    List<LogRecord> open = new ArrayList<>();
    List<LogRecord> openExpected = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      if (cuts.contains(i)) {
        batches.add(LogBatch.of(open));
        expected.add(LogBatch.of(openExpected));
        open.clear();
        openExpected.clear();
      }
      LogPosition position = LogPosition.of("3", i);
      open.add(record(position, "as it was"));
      openExpected.add(record(position, repaired.contains(i) ? "better " + i : "as it was"));
      if (repaired.contains(i)) {
        repairs.add(repair(position, 1, "better " + i));
        // The same offset of another partition is another record.
        repairs.add(repair(LogPosition.of("4", i), 1, "not this one"));
      }
    }
    batches.add(LogBatch.of(open));
    expected.add(LogBatch.of(openExpected));
    assertSubstituted(repairs, batches, expected);
  }

  @Test
  void aRecordOfALogWithWideNumbersIsRepaired() {
    LogPosition position =
        LogPosition.wide(
            "shardId-000000000003",
            new BigInteger("49546986683135544286507457936321625675700192471156785154"));
    assertSubstituted(
        List.of(repair(position, 1, "better")),
        List.of(LogBatch.of(List.of(record(position, "bad")))),
        List.of(LogBatch.of(List.of(record(position, "better")))));
  }

  private static void assertSubstituted(
      List<Repair> repairs, List<LogBatch> batches, List<LogBatch> expected) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    PCollection<LogBatch> substituted =
        pipeline
            .apply(Create.of(batches).withCoder(LogBatchCoder.of()))
            .apply(Repairs.of(repairs).substitute());
    PAssert.that(substituted).containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void theLaterAttemptCountsAndARecordThatIsStillBadSaysWhatItWas() {
    LogPosition position = LogPosition.of("3", 17);
    Repairs repairs = Repairs.of(List.of(repair(position, 2, "later"), repair(position, 1, "x")));
    ViewRow row =
        DeadLetterView.row(
            DeadLetter.of(DeadLetterReason.INVALID, "amount", record(position, "later")), repairs);
    assertThat(row.key(), is("3@17"));
    assertThat(row.evidence(), is(3L));
    assertThat(row.value(0), is("INVALID"));
    assertThat(row.value(1), is("amount; repaired 2 times, was MALFORMED: x"));
    assertThat(row.value(4), is("later".getBytes(UTF_8)));
  }

  @Test
  void whatIsNoRepairIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Repair("3", 1, "", "x"));
    assertThrows(IllegalArgumentException.class, () -> new Repair("3@1", 0, "", "x"));
    assertThrows(IllegalArgumentException.class, () -> new Repair("3@1", 1, "no Base64!", "x"));
  }
}
