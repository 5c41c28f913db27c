package org.kappabeam.transforms.fold;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.transforms.fold.Reading.Row;

/** The fold against a brute-force model: whatever the order, the final rows are the same. */
class KeyFolderTest {
  private static final Reading.ReadingFold FOLD = new Reading.ReadingFold();
  private static final KeyHistoryCoder CODER = new KeyHistoryCoder(FOLD.series().size());

  /** Applies batches to one key, with the state through bytes whenever a test wants a restart. */
  private static final class Run implements FoldOutput<Reading, Row> {
    final KeyFolder<Reading, Row> folder;
    final EventTimeFold.InMemory store = new EventTimeFold.InMemory();
    final Map<String, Row> view = new TreeMap<>();
    final List<Row> emitted = new ArrayList<>();
    KeyHistory history;
    long folded;
    long duplicates;
    long dead;
    long forgotten;

    Run() {
      this(KeyFolder.CHUNK);
    }

    Run(int chunk) {
      folder = new KeyFolder<>(FOLD, chunk);
    }

    /** In chunks so small that every event is near the border of one, or in usual ones. */
    static Run inChunksOfAnySize(Random random) {
      return new Run(random.nextBoolean() ? 1 + random.nextInt(6) : KeyFolder.CHUNK);
    }

    void apply(List<Reading> batch, long settleBefore) {
      Entry<Reading> entries = null;
      for (Reading r : batch) {
        Entry<Reading> entry = new Entry<>(FOLD, r, "0", 7, r.time(), List.of());
        entry.next = entries;
        entries = entry;
      }
      history = folder.apply("k", history, entries, settleBefore, store, this);
    }

    void restart() throws Exception {
      if (history != null) {
        history =
            CoderUtils.decodeFromByteArray(CODER, CoderUtils.encodeToByteArray(CODER, history));
      }
    }

    @Override
    public void row(Row row) {
      emitted.add(row);
      // What every view does: highest evidence wins.
      view.merge(row.id(), row, (a, b) -> b.evidence() > a.evidence() ? b : a);
    }

    @Override
    public void folded() {
      folded++;
    }

    @Override
    public void duplicate() {
      duplicates++;
    }

    @Override
    public void lost() {
      throw new AssertionError("raw events are refused, not lost");
    }

    @Override
    public void dead(DeadLetterReason reason, String detail, Entry<Reading> entry) {
      dead++;
      forgotten += reason == DeadLetterReason.FORGOTTEN ? 1 : 0;
    }
  }

  /** Rows by definition: for each event a loop over all others. */
  private static Map<String, Row> model(List<Reading> events) {
    Map<List<Object>, TreeMap<String, Reading>> variants = new HashMap<>();
    for (Reading e : events) {
      variants
          .computeIfAbsent(List.of(e.note(), e.time(), e.id()), unused -> new TreeMap<>())
          .put(hex(e), e);
    }
    Map<Reading, Integer> winners = new LinkedHashMap<>();
    variants.values().forEach(v -> winners.put(v.firstEntry().getValue(), v.size()));
    Map<String, Row> rows = new TreeMap<>();
    for (Map.Entry<Reading, Integer> each : winners.entrySet()) {
      Reading row = each.getKey();
      if (row.note()) {
        continue;
      }
      long near = 0;
      long sum = 0;
      long notes = 0;
      long far = 0;
      long farSum = 0;
      long evidence = 1 + ((long) (each.getValue() - 1) << 40);
      for (Map.Entry<Reading, Integer> other : winners.entrySet()) {
        Reading e = other.getKey();
        long age = row.time() - e.time();
        if (e.note()) {
          notes += age >= 20 && age < 70 ? e.amount() : 0;
          evidence += age >= 20 && age < 120 ? other.getValue() : 0;
          continue;
        }
        boolean earlier = age > 0 || (age == 0 && e.id().compareTo(row.id()) <= 0);
        if (earlier && age < 30) {
          near++;
          sum += e.amount();
        }
        if (earlier && age < 100) {
          far++;
          farSum += e.amount();
          evidence += e.equals(row) ? 0 : other.getValue();
        }
      }
      rows.merge(
          row.id(),
          new Row(row.id(), evidence, near, sum, notes, far, farSum),
          (a, b) -> b.evidence() > a.evidence() ? b : a);
    }
    return rows;
  }

  private static String hex(Reading e) {
    try {
      return HexFormat.of().formatHex(CoderUtils.encodeToByteArray(FOLD.eventCoder(), e));
    } catch (CoderException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Provide
  Arbitrary<List<Reading>> events() {
    // Few times, ids that often meet: ties, duplicates and contradictions are common.
    Arbitrary<Reading> one =
        Combinators.combine(
                Arbitraries.integers().between(0, 400),
                Arbitraries.integers().between(0, 2),
                Arbitraries.of(false, false, false, true),
                Arbitraries.longs().between(-3, 3))
            .as((time, id, note, amount) -> new Reading(time + "-" + id, "k", time, note, amount));
    return one.list().ofMinSize(1).ofMaxSize(300);
  }

  @Property(tries = 300)
  void anyOrderDuplicationBatchingAndRestartGivesTheModelsRows(
      @ForAll("events") List<Reading> events, @ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<Reading> log = new ArrayList<>(events);
    for (int i = 0; i < events.size() / 4; i++) {
      log.add(events.get(random.nextInt(events.size())));
    }
    Collections.shuffle(log, random);
    Run run = Run.inChunksOfAnySize(random);
    int from = 0;
    while (from < log.size()) {
      int to = Math.min(log.size(), from + 1 + random.nextInt(1 + random.nextInt(150)));
      run.apply(log.subList(from, to), KeyFolder.NEVER);
      if (random.nextInt(3) == 0) {
        run.restart();
      }
      from = to;
    }
    assertThat(run.view, equalTo(model(events)));
    assertThat(run.folded + run.duplicates + run.dead, is((long) log.size()));
  }

  @Property(tries = 200)
  void withABoundedDelaySettlingAndForgettingChangeNothing(
      @ForAll("events") List<Reading> events, @ForAll long seed) throws Exception {
    Random random = new Random(seed);
    int lateness = 1 + random.nextInt(60);
    Map<Reading, Long> arrival = new HashMap<>();
    List<Reading> log = new ArrayList<>();
    for (Reading e : events) {
      if (arrival.putIfAbsent(e, e.time() + random.nextInt(lateness)) == null) {
        log.add(e);
      }
    }
    log.sort(Comparator.comparing(arrival::get));
    Run run = Run.inChunksOfAnySize(random);
    int batch = 1 + random.nextInt(20);
    int from = 0;
    while (from < log.size()) {
      int to = Math.min(log.size(), from + 1 + random.nextInt(batch));
      // The watermark before this batch: nothing earlier than this can still arrive.
      run.apply(log.subList(from, to), arrival.get(log.get(from)) - lateness);
      if (random.nextInt(4) == 0) {
        run.restart();
      }
      from = to;
    }
    assertThat(run.forgotten, is(0L));
    assertThat(run.view, equalTo(model(events)));
  }

  @Provide
  Arbitrary<List<Reading>> eventsAtTimesOfTheirOwn() {
    Arbitrary<Reading> one =
        Combinators.combine(
                Arbitraries.integers().between(0, 900),
                Arbitraries.of(false, false, false, true),
                Arbitraries.longs().between(-3, 3))
            .as((time, note, amount) -> new Reading("e" + time, "k", time, note, amount));
    return one.list().uniqueElements(Reading::time).ofMinSize(1).ofMaxSize(500);
  }

  @Property(tries = 300)
  void eventsThatComeNearlyInOrderGiveTheModelsRows(
      @ForAll("eventsAtTimesOfTheirOwn") List<Reading> events, @ForAll long seed) throws Exception {
    Random random = new Random(seed);
    int lateness = 1 + random.nextInt(1 + random.nextInt(60));
    boolean settles = random.nextBoolean();
    Map<Reading, Long> arrival = new HashMap<>();
    events.forEach(e -> arrival.put(e, e.time() + random.nextInt(lateness)));
    List<Reading> log = new ArrayList<>(events);
    log.sort(Comparator.comparing(arrival::get));
    Run run = Run.inChunksOfAnySize(random);
    int batch = 1 + random.nextInt(1 + random.nextInt(80));
    int from = 0;
    while (from < log.size()) {
      int to = Math.min(log.size(), from + 1 + random.nextInt(batch));
      run.apply(
          log.subList(from, to), settles ? arrival.get(log.get(from)) - lateness : KeyFolder.NEVER);
      if (random.nextInt(8) == 0) {
        run.restart();
      }
      from = to;
    }
    assertThat(run.view, equalTo(model(events)));
    assertThat(run.folded, is((long) log.size()));
  }

  @Property(tries = 100)
  void onlyRowsThatChangeAreEmittedAgainAndAlwaysWithMoreEvidence(
      @ForAll("events") List<Reading> events, @ForAll long seed) {
    List<Reading> log = new ArrayList<>(events);
    Random random = new Random(seed);
    Collections.shuffle(log, random);
    Run run = Run.inChunksOfAnySize(random);
    Map<String, Row> last = new HashMap<>();
    for (Reading e : log) {
      run.emitted.clear();
      run.apply(List.of(e), KeyFolder.NEVER);
      for (Row row : run.emitted) {
        Row before = last.put(row.id(), row);
        if (before != null) {
          assertThat(row.evidence(), greaterThan(before.evidence()));
        }
      }
    }
  }

  @Test
  void anEventBehindTheWatermarkIsForgottenNotMiscounted() {
    Run run = new Run();
    run.apply(List.of(new Reading("a", "k", 1_000, false, 1)), KeyFolder.NEVER);
    run.apply(List.of(new Reading("b", "k", 1_010, false, 1)), 1_005);
    Map<String, Row> before = new TreeMap<>(run.view);
    run.apply(List.of(new Reading("late", "k", 1_004, false, 1)), 1_005);
    assertThat(run.forgotten, is(1L));
    assertThat(run.view, equalTo(before));
  }

  @Test
  void historiesGrownFromOneAncestorDoNotDisturbEachOther() {
    // A retried bundle starts from the same state as the attempt before it.
    Run first = new Run();
    first.apply(List.of(new Reading("a", "k", 0, false, 1)), KeyFolder.NEVER);
    first.apply(List.of(new Reading("b", "k", 1, false, 1)), KeyFolder.NEVER);
    Run second = new Run();
    second.history = first.history;
    for (int t = 2; t < 10; t++) {
      first.apply(List.of(new Reading("x" + t, "k", t, false, 5)), KeyFolder.NEVER);
      second.apply(List.of(new Reading("y" + t, "k", t, false, 7)), KeyFolder.NEVER);
    }
    assertThat(first.view.get("x9").sum(), is(2L + 8 * 5));
    assertThat(second.view.get("y9").sum(), is(2L + 8 * 7));
  }

  @Test
  void stateIsFlatOverManyReaches() throws Exception {
    Run run = new Run();
    List<Integer> sizes = new ArrayList<>();
    for (int t = 0; t < 20 * Reading.ReadingFold.REACH; t++) {
      run.apply(List.of(new Reading("e" + t, "k", t, t % 5 == 0, 1)), t - 10L);
      if (t % Reading.ReadingFold.REACH == 0) {
        sizes.add(CoderUtils.encodeToByteArray(CODER, run.history).length);
      }
    }
    int afterOneReach = sizes.get(3);
    int afterTwenty = sizes.get(sizes.size() - 1);
    assertThat(afterTwenty, lessThanOrEqualTo(afterOneReach + afterOneReach / 4));
    run.apply(List.of(), 100_000);
    assertThat(run.history.isEmpty(), is(true));
  }

  @Property(tries = 200)
  void aSweepIsDueAtTheLatestWhenAllEventsAreOutOfReachAndLeavesNothing(@ForAll long seed) {
    Random random = new Random(seed);
    Run run = Run.inChunksOfAnySize(random);
    long last = 0;
    int events = 1 + random.nextInt(200);
    for (int i = 0; i < events; i++) {
      long time = 1_000L + i + random.nextInt(10);
      run.apply(List.of(new Reading("e" + i, "k", time, false, 1)), 1_000L + i - 5);
      last = Math.max(last, time);
    }
    long end = last + Reading.ReadingFold.REACH + 1;
    assertThat(run.history.isDue(end), is(true));
    run.apply(List.of(), end);
    assertThat(run.history.isEmpty(), is(true));
  }

  @Test
  void aKeyWhoseOnlyEventWasRefusedIsDueAtOnce() {
    Run run = new Run();
    run.apply(List.of(new Reading("e", "k", 5, false, 1)), 10);
    assertThat(run.forgotten, is(1L));
    assertThat(run.history.isDue(10), is(true));
  }

  @Test
  void aHotKeysOldChunksLeaveTheirHistoryAndComeBackForRows() {
    // 100 ms of reach hold 50 000 events: far more than stay inline.
    Run run = new Run();
    int perMilli = 500;
    for (int t = 0; t < 250; t++) {
      List<Reading> batch = new ArrayList<>();
      for (int i = 0; i < perMilli; i++) {
        batch.add(new Reading(String.format("%03d-%03d", t, i), "k", t, false, 1));
      }
      run.emitted.clear();
      run.apply(batch, t - 3L);
      Row last = run.emitted.get(run.emitted.size() - 1);
      assertThat(last.far(), is((long) Math.min(t + 1, 100) * perMilli));
      assertThat(last.farSum(), is(last.far()));
    }
    long spilled = Arrays.stream(run.history.chunks(0)).filter(Chunk::isSpilled).count();
    assertThat(spilled, greaterThan(50L));
  }

  @Test
  void theSmallestVariantWinsAndOutweighsEveryRowOfTheLoser() {
    List<Reading> past = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      past.add(new Reading("p" + i, "k", i, false, 1));
    }
    Reading big = new Reading("x", "k", 60, false, 9);
    Reading small = new Reading("x", "k", 60, false, 2);
    Run run = new Run();
    run.apply(past, KeyFolder.NEVER);
    run.apply(List.of(big), KeyFolder.NEVER);
    run.apply(List.of(small), KeyFolder.NEVER);
    run.apply(List.of(big, small), KeyFolder.NEVER);
    assertThat(run.view.get("x").sum(), is(19L + 2L));
    assertThat(run.dead, is(1L));
    assertThat(run.duplicates, is(2L));
    assertThat(run.folded, is(51L));
    assertThat(run.view.get("x").evidence(), greaterThan(1L << 40));
  }
}
