package org.kappabeam.pipelines.compare;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewValues;

class TallyTest {
  private static final ViewSchema SCHEMA =
      ViewSchema.named("alerts", "id")
          .column("rule", ColumnType.TEXT)
          .column("value", ColumnType.DOUBLE)
          .column("event_time", ColumnType.TIMESTAMP)
          .column("raw", ColumnType.BYTES)
          .build();

  private record Pair(String key, @Nullable ViewRow before, @Nullable ViewRow after) {}

  /** However the rows fall into bundles and in which order, the sum is the same. */
  @Property(tries = 60)
  void bundlesAndOrderDoNotMatter(@ForAll long seed) {
    Random random = new Random(seed);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ViewRow row = row("k" + i, "r" + random.nextInt(3), random.nextInt(4));
      ViewRow other = random.nextInt(4) == 0 ? row("k" + i, "x", random.nextInt(4)) : row;
      int kind = random.nextInt(10);
      pairs.add(new Pair("k" + i, kind == 0 ? null : row, kind == 1 ? null : other));
    }
    ViewParity whole = tally(pairs).result();
    Collections.shuffle(pairs, random);
    ViewParity sum = ViewParity.none(SCHEMA.name());
    for (int from = 0; from < pairs.size(); ) {
      int to = Math.min(pairs.size(), from + 1 + random.nextInt(30));
      sum = sum.plus(tally(pairs.subList(from, to)).result());
      from = to;
    }
    assertThat(sum, equalTo(ViewParity.none(SCHEMA.name()).plus(whole)));
    assertThat(sum.equal() + sum.removed() + sum.added() + sum.changed(), is(100L));
  }

  /** Reading both in key order pairs the same rows as looking each key up. */
  @Property(tries = 60)
  void aMergeFindsThePairs(@ForAll long seed) {
    Random random = new Random(seed);
    TreeMap<String, Pair> pairs = new TreeMap<>(ViewValues::compareKeys);
    for (int i = 0; i < 50; i++) {
      String key = Integer.toString(random.nextInt(1_000), 36) + (i % 5 == 0 ? "\ud83d\ude80" : "");
      int kind = random.nextInt(4);
      pairs.put(
          key,
          new Pair(
              key,
              kind == 0 ? null : row(key, "r", 1),
              kind == 1 ? null : row(key, "r", random.nextInt(2))));
    }
    Tally merged = new Tally(SCHEMA, List.of(), -1, 0, ExpectedDifferences.none());
    MergeJoin join =
        new MergeJoin(
            pairs.values().stream().map(Pair::before).filter(Objects::nonNull).toList(), merged);
    pairs.values().stream().map(Pair::after).filter(Objects::nonNull).forEach(join::next);
    join.end();
    assertThat(merged.result(), equalTo(tally(new ArrayList<>(pairs.values())).result()));
  }

  @Test
  void theSmallestDifferenceIsFound() {
    ViewRow row = ViewRow.of("a", 1, "r", 0.0, 5L, new byte[] {1});
    List<ViewRow> others =
        List.of(
            ViewRow.of("a", 1, "r ", 0.0, 5L, new byte[] {1}),
            ViewRow.of("a", 1, "r", -0.0, 5L, new byte[] {1}),
            ViewRow.of("a", 1, "r", 0.0, 6L, new byte[] {1}),
            ViewRow.of("a", 1, "r", 0.0, 5L, new byte[] {2}),
            ViewRow.of("a", 1, "r", null, 5L, new byte[] {1}));
    for (ViewRow other : others) {
      ViewParity parity = tally(List.of(new Pair("a", row, other))).result();
      assertThat(parity.changed(), is(1L));
      assertThat(parity.hashBefore().equals(parity.hashAfter()), is(false));
    }
    ViewRow moreEvidence = ViewRow.of("a", 9, "r", 0.0, 5L, new byte[] {1});
    assertThat(tally(List.of(new Pair("a", row, moreEvidence))).result().equal(), is(1L));
  }

  @Test
  void rowsThatAreNotCompleteAreLeftOut() {
    Tally tally = new Tally(SCHEMA, List.of(), 2, 100, ExpectedDifferences.none());
    tally.add("a", row("a", "r", 1, 99), row("a", "other", 1, 99));
    tally.add("b", row("b", "r", 1, 100), row("b", "other", 1, 100));
    tally.add("c", row("c", "r", 1, 101), null);
    tally.add("d", row("d", "r", 1, 99), row("d", "r", 1, 101));
    ViewParity parity = tally.result();

    assertThat(parity.leftOut(), is(2L));
    assertThat("a time that moved is a difference", parity.changed(), is(2L));
  }

  @Test
  void onlyWhatIsWrittenDownIsExpected() {
    ExpectedDifferences expected =
        ExpectedDifferences.parse(
            "test",
            """
            {"format": "kappa-expected-differences", "version": 1, "expected": [
              {"view": "alerts", "kind": "CHANGED", "columns": ["value"], "where": {"rule": "A"}},
              {"view": "alerts", "kind": "ADDED", "where": {"rule": "B"}}]}
            """,
            List.of(SCHEMA));
    Tally tally = new Tally(SCHEMA, List.of(), -1, 0, expected);
    tally.add("1", row("1", "A", 1), row("1", "A", 2));
    tally.add("2", null, row("2", "B", 2));
    assertThat(tally.result().passes(), is(true));
    tally.add("3", row("3", "C", 1), row("3", "C", 2));
    tally.add("4", row("4", "A", 1, 5), row("4", "A", 2, 6));
    tally.add("5", null, row("5", "A", 1));
    tally.add("6", row("6", "B", 1), null);
    assertThat(tally.result().unexpected(), is(4L));
    assertThat("shown first", tally.result().samples().get(0).key(), is("3"));
  }

  @Test
  void fewDifferencesAreKept() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      pairs.add(new Pair("k" + i, row("k" + i, "r", i), null));
    }
    ViewParity parity = tally(pairs).result();
    assertThat(parity.removed(), is(1_000L));
    assertThat(parity.samples(), hasSize(ViewParity.MAX_SAMPLES));
    assertThat(
        parity.samples().get(0).before(),
        is(Map.of("rule", "r", "value", "0.0", "event_time", "0", "raw", "")));
  }

  @Test
  void anExpectationThatNamesWhatThereIsNotIsRefused() {
    assertRefused("{\"view\": \"alarms\", \"kind\": \"ADDED\"}", "alarms");
    assertRefused("{\"view\": \"alerts\", \"kind\": \"ADDED\", \"where\": {\"x\": \"1\"}}", "[x]");
    assertRefused("{\"view\": \"alerts\", \"kind\": \"CHANGED\"}", "columns");
    assertRefused("{\"view\": \"alerts\", \"kind\": \"ODD\"}", "line");
    assertRefused("{\"view\": \"alerts\", \"kind\": \"ADDED\", \"colums\": []}", "colums");
  }

  private static void assertRefused(String entry, String says) {
    String json =
        "{\"format\": \"kappa-expected-differences\", \"version\": 1, \"expected\": [%s]}"
            .formatted(entry);
    KappaException e =
        assertThrows(
            KappaException.class, () -> ExpectedDifferences.parse("file", json, List.of(SCHEMA)));
    assertThat(e.getMessage(), containsString(says));
  }

  private static Tally tally(List<Pair> pairs) {
    Tally tally = new Tally(SCHEMA, List.of(), -1, 0, ExpectedDifferences.none());
    pairs.forEach(pair -> tally.add(pair.key(), pair.before(), pair.after()));
    return tally;
  }

  private static ViewRow row(String key, String rule, double value) {
    return row(key, rule, value, 0);
  }

  private static ViewRow row(String key, String rule, double value, long time) {
    return ViewRow.of(key, 1, rule, value, time, new byte[0]);
  }
}
