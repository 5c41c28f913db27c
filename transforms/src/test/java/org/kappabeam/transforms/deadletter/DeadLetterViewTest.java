package org.kappabeam.transforms.deadletter;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterCoder;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.kappabeam.transforms.view.WriteView;

class DeadLetterViewTest {

  private static DeadLetter letter(
      DeadLetterReason reason, String detail, long logTime, byte @Nullable [] value) {
    LogPosition position = LogPosition.of("tx-3", 1234);
    return DeadLetter.of(
        reason, detail, LogRecord.of(position, logTime, new byte[] {7}, value, List.of()));
  }

  @Test
  void aRowSaysWhatWhereAndWhy() {
    byte[] value = {1, 2, 3};
    assertThat(
        DeadLetterView.row(letter(DeadLetterReason.TOO_LATE, "3 days", 1_500, value)),
        is(
            ViewRow.of(
                "tx-3@1234", 1, "TOO_LATE", "3 days", 1_500_000L, new byte[] {7}, value, 3L)));
  }

  @Test
  void variantsOfOneConflictAreRowsOfTheirOwn() {
    String one =
        DeadLetterView.row(letter(DeadLetterReason.CONFLICT, "x", 0, new byte[] {1})).key();
    String two =
        DeadLetterView.row(letter(DeadLetterReason.CONFLICT, "x", 0, new byte[] {2})).key();
    assertThat(one, startsWith("tx-3@1234!"));
    assertThat(one, is(not(two)));
  }

  @Test
  void aHugeValueIsKeptInPart() {
    ViewRow row = DeadLetterView.row(letter(DeadLetterReason.TOO_LARGE, "x", 0, new byte[1 << 20]));
    assertThat(((byte[]) row.value(4)).length, is(DeadLetterView.MAX_BYTES));
    assertThat(row.value(5), is((long) (1 << 20)));
  }

  @Test
  void noInputIsTooNastyForTheView(@TempDir Path directory) {
    Views views = Views.at("sqlite:" + directory.resolve("v.db"), 1);
    List<ViewRow> rows = new ArrayList<>();
    rows.add(DeadLetterView.row(letter(DeadLetterReason.EMPTY, "", Long.MIN_VALUE, null)));
    rows.add(
        DeadLetterView.row(
            letter(DeadLetterReason.CONFLICT, "\uD83D\u0000", Long.MAX_VALUE, null)));
    rows.add(
        DeadLetterView.row(
            letter(DeadLetterReason.CONFLICT, "😀".repeat(1_000), 0, new byte[] {-1})));
    rows.add(
        DeadLetterView.row(
            letter(DeadLetterReason.CONFLICT, "a" + "😀".repeat(1_000), 0, new byte[] {-2})));
    try (ViewStore store = views.open()) {
      store.create(DeadLetterView.schema());
      store.upsert(DeadLetterView.schema(), rows);
      assertThat(store.count(DeadLetterView.schema()), is(4L));
      rows.forEach(ViewRowCoder.of()::toBytes);
    }
  }

  @Test
  void aPipelineWritesDeadLettersOnce(@TempDir Path directory) {
    Views views = Views.at("sqlite:" + directory.resolve("v.db"), 1);
    DeadLetter letter = letter(DeadLetterReason.MALFORMED, "not Avro", 5, new byte[] {9});
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    pipeline
        .apply(Create.of(letter, letter).withCoder(DeadLetterCoder.of()))
        .apply(DeadLetterView.toRows(Repairs.none()))
        .apply(WriteView.of(views, DeadLetterView.schema()));
    pipeline.run().waitUntilFinish();
    try (ViewStore store = views.open()) {
      List<ViewRow> rows = new ArrayList<>();
      store.scan(DeadLetterView.schema(), true, rows::add);
      assertThat(rows, is(List.of(DeadLetterView.row(letter))));
    }
  }
}
