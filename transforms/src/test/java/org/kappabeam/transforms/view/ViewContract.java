package org.kappabeam.transforms.view;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/**
 * What every view store promises. A new store passes when its test extends this, and says with
 * {@link #cannot} which guarantee it cannot give, and why: that test is then a visible skip.
 */
public abstract class ViewContract {

  /** The same on every store; the golden test of {@link ViewDigest} too. */
  static final String DIGEST_OF_EVERYTHING =
      "346e5671f4b4c4833b0de6242fcefd9064b08d55130c88e5d511caa180ea72e4";

  /** One column of each type; {@code order} and {@code user} are words of SQL. */
  protected static final ViewSchema EVERYTHING =
      ViewSchema.named("everything", "order")
          .column("user", ColumnType.LONG)
          .column("score", ColumnType.DOUBLE)
          .column("flag", ColumnType.BOOLEAN)
          .column("note", ColumnType.TEXT)
          .column("seen_at", ColumnType.TIMESTAMP)
          .column("price", ColumnType.DECIMAL)
          .column("raw", ColumnType.BYTES)
          .column("tags", ColumnType.TEXT_LIST)
          .column("counts", ColumnType.LONG_LIST)
          .build();

  protected static final ViewSchema SMALL =
      ViewSchema.named("small", "id").column("amount", ColumnType.LONG).build();

  /** Two columns, so that a row mixed of two versions shows. */
  private static final ViewSchema PAIRS =
      ViewSchema.named("pairs", "id")
          .column("amount", ColumnType.LONG)
          .column("note", ColumnType.TEXT)
          .build();

  private static final AtomicInteger TRIES = new AtomicInteger();

  /** Generation 1 in an empty place of its own. */
  protected abstract Views freshViews();

  /**
   * Why the store cannot give a guarantee, in words for the table in the docs; empty if it can.
   * Asked for each guarantee of each test.
   */
  protected Optional<String> cannot(ViewGuarantee guarantee) {
    return Optional.empty();
  }

  /** Reads views as people and their programs do: what the pointer shows when it is asked. */
  protected interface Reader extends AutoCloseable {
    /** One column of the rows that are shown, in key order, as text; not for null values. */
    List<String> column(ViewSchema schema, String column) throws Exception;

    @Override
    void close();
  }

  /**
   * A new reader. This one looks up the pointer and reads the generation it names, as programs do
   * on a store that has no view of its own to show; a store that has one overrides this.
   */
  protected Reader reader(Views views) throws Exception {
    return new PointerReader(views);
  }

  /** Stops the server as a crash or an upgrade would; only for stores that promise OUTAGE. */
  protected void stopStore() throws Exception {
    throw new UnsupportedOperationException("for stores that promise OUTAGE");
  }

  /** Starts it again, with what it had and where it was. */
  protected void startStore() throws Exception {
    throw new UnsupportedOperationException("for stores that promise OUTAGE");
  }

  private void needs(ViewGuarantee guarantee) {
    cannot(guarantee)
        .ifPresent(reason -> Assumptions.abort("not " + guarantee + " here: " + reason));
  }

  /** A row of {@link #EVERYTHING}; columns that are not given are null. */
  protected static ViewRow everything(String key, @Nullable Object... values) {
    return ViewRow.of(key, 1, Arrays.copyOf(values, EVERYTHING.columns().size()));
  }

  static List<ViewRow> rowsOfEveryType() {
    return List.of(
        everything("a"),
        everything(
            "b", 0L, 0.0, false, "", 0L, new BigDecimal("0.00"), new byte[0], List.of(), List.of()),
        everything(
            "c",
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            true,
            "plain",
            Long.MAX_VALUE,
            new BigDecimal("12345678901234567890123456789012345678901234567890.123456789"),
            new byte[] {0, 1, 127, -128, -1},
            List.of("plain"),
            List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0L, 0L, -1L)),
        everything(
            "d",
            Long.MIN_VALUE,
            Double.MIN_VALUE,
            true,
            "Grüße, Ελλάδα, русский, عربى, 漢字, 한국어, 😀, e\u0301",
            -1L,
            new BigDecimal("-1.50"),
            "it's \"quoted\"; DROP TABLE x --".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            List.of("Grüße", "русский", "عربى", "漢字", "😀", "e\u0301", "\uFFFF"),
            List.of(1L)),
        everything(
            "e",
            -1L,
            Double.NaN,
            false,
            "\u0000 and \u0001 and \u0001\u0002\u0000\u0000",
            1L,
            new BigDecimal("1E-30"),
            new byte[] {0},
            List.of("", "NULL", "null", " ", "\u0000", "\u0001\u0002", "{a,b}", "a\"b\\c,'d'\n"),
            null),
        everything("f", 1L, -0.0, true, "it's \"q\" \\ ? % \n\r\t", ViewValues.FIRST_TIMESTAMP),
        everything("g", 2L, Double.NEGATIVE_INFINITY, true, "\uFFFF", 1_522_540_831_000_001L),
        everything(
            "h",
            3L,
            Double.POSITIVE_INFINITY,
            true,
            "\u007F\u0080",
            Long.MIN_VALUE,
            new BigDecimal("0")),
        everything("i", 4L, 0.1 + 0.2, true, "NaN", -62_135_596_800_000_001L),
        everything("key\u0000with\u0001controls", 5L, 1.0, true, "NULL", 2L));
  }

  @Test
  void everyTypeComesBackExactly() {
    needs(ViewGuarantee.VALUES);
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(EVERYTHING);
      store.upsert(EVERYTHING, rowsOfEveryType());
      // More than once: drivers change the wire format of a statement they see again.
      for (int i = 0; i < 8; i++) {
        assertThat(rows(store, EVERYTHING, true), equalTo(rowsOfEveryType()));
      }
    }
  }

  @Test
  void valuesThatNotEveryStoreCanHoldComeBackCanonical() {
    needs(ViewGuarantee.VALUES);
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(EVERYTHING);
      long tooEarly = ViewValues.FIRST_TIMESTAMP - 1;
      store.upsert(
          EVERYTHING,
          List.of(everything("k", null, null, null, null, tooEarly, new BigDecimal("1E+3"))));
      BigDecimal thousand = new BigDecimal("1000");
      assertThat(
          rows(store, EVERYTHING, true),
          contains(everything("k", null, null, null, null, Long.MIN_VALUE, thousand)));
      ViewRow huge = everything("k2", null, null, null, null, null, new BigDecimal("1E+999999"));
      KappaException refused =
          assertThrows(KappaException.class, () -> store.upsert(EVERYTHING, List.of(huge)));
      assertThat(refused.getMessage(), containsString("price"));
      assertThat("the store still works", store.count(EVERYTHING), is(1L));
    }
  }

  @Test
  void theDigestIsTheSameOnEveryStore() {
    needs(ViewGuarantee.VALUES);
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(EVERYTHING);
      List<ViewRow> shuffled = new ArrayList<>(rowsOfEveryType());
      Collections.shuffle(shuffled, new Random(7));
      store.upsert(EVERYTHING, shuffled);
      store.upsert(
          EVERYTHING,
          List.of(
              ViewRow.withdrawn(
                  "c0", 9, 1L, 1.0, true, "gone", 1L, null, null, List.of("gone"), null)));
      assertThat(ViewDigest.of(store, EVERYTHING), is(DIGEST_OF_EVERYTHING));
    }
  }

  @Test
  void keysComeInTheOrderOfTheirBytes() {
    needs(ViewGuarantee.KEY_ORDER);
    Views views = freshViews();
    List<String> sorted =
        List.of(
            "", "\u0000", "\u0001", "\u0002", "1", "10", "9", "A", "Z", "a", "a\u0000", "a\u0001",
            "ab", "b", "ä", "漢", "\uE000", "\uFFFD", "😀");
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      List<ViewRow> rows = new ArrayList<>();
      sorted.forEach(key -> rows.add(ViewRow.of(key, 1, 1L)));
      Collections.reverse(rows);
      store.upsert(SMALL, rows);
      assertThat(rows(store, SMALL, true).stream().map(ViewRow::key).toList(), equalTo(sorted));
      List<String> compared = new ArrayList<>(sorted);
      Collections.shuffle(compared, new Random(1));
      compared.sort(ViewValues::compareKeys);
      assertThat(compared, equalTo(sorted));
    }
  }

  @Provide
  Arbitrary<List<ViewRow>> versions() {
    Arbitrary<ViewRow> row =
        Combinators.combine(
                Arbitraries.integers().between(0, 3),
                Arbitraries.longs().between(1, 4),
                Arbitraries.longs().between(0, 3),
                Arbitraries.of("", "x", "y"),
                Arbitraries.of(true, false))
            .as(
                (key, evidence, amount, note, withdrawn) ->
                    withdrawn
                        ? ViewRow.withdrawn("k" + key, evidence, amount, note)
                        : ViewRow.of("k" + key, evidence, amount, note));
    return row.list().ofMinSize(1).ofMaxSize(30);
  }

  @Property(tries = 60)
  void aStaleRowNeverWins(
      @ForAll("versions") List<ViewRow> versions, @ForAll Random random, @ForAll boolean together) {
    // Each try has keys of its own, between two that no try has.
    String place = "t" + TRIES.incrementAndGet();
    KeyRange range = KeyRange.of(place + "-", place + ".");
    boolean ties = cannot(ViewGuarantee.TIES).isEmpty();
    List<ViewRow> written =
        versions.stream().map(row -> at(place, ties ? row : withoutTies(row))).toList();
    // Duplicated, permuted, cut into bundles, some bundles repeated.
    List<ViewRow> deliveries = new ArrayList<>(written);
    deliveries.addAll(written.subList(0, random.nextInt(written.size())));
    Collections.shuffle(deliveries, random);
    ViewStore store = storeOfAllTries();
    int at = 0;
    while (at < deliveries.size()) {
      int end = together ? deliveries.size() : at + 1 + random.nextInt(deliveries.size() - at);
      List<ViewRow> bundle = deliveries.subList(at, end);
      store.upsert(PAIRS, bundle);
      if (random.nextBoolean()) {
        store.upsert(PAIRS, bundle);
      }
      at = end;
    }
    List<ViewRow> found = new ArrayList<>();
    store.scan(PAIRS, range, true, found::add);
    assertThat(found, equalTo(ViewRows.winners(written)));
  }

  private static ViewRow at(String place, ViewRow row) {
    Object[] values = row.values().toArray();
    String key = place + "-" + row.key();
    return row.withdrawn()
        ? ViewRow.withdrawn(key, row.evidence(), values)
        : ViewRow.of(key, row.evidence(), values);
  }

  /** Evidence alone decides what the row says. */
  private static ViewRow withoutTies(ViewRow row) {
    long evidence = row.evidence();
    return evidence % 2 == 0
        ? ViewRow.withdrawn(row.key(), evidence, evidence, "even")
        : ViewRow.of(row.key(), evidence, evidence, "odd");
  }

  private static final Map<Class<?>, ViewStore> TRIED = new ConcurrentHashMap<>();

  /** One store for all tries of a property: opening one may take longer than a try. */
  private ViewStore storeOfAllTries() {
    return TRIED.computeIfAbsent(
        getClass(),
        test -> {
          ViewStore store = freshViews().open();
          store.create(PAIRS);
          return store;
        });
  }

  @AfterContainer
  static void closeStoresOfTries() {
    TRIED
        .values()
        .removeIf(
            store -> {
              store.close();
              return true;
            });
  }

  @Test
  void concurrentWritersConverge() throws Exception {
    needs(ViewGuarantee.CONCURRENT_WRITERS);
    Views views = freshViews();
    int writers = 4;
    int keys = 200;
    int versions = 20;
    inParallel(
        writers,
        writer -> {
          List<ViewRow> rows = new ArrayList<>();
          for (int key = 0; key < keys; key++) {
            for (int version = 1; version <= versions; version++) {
              rows.add(ViewRow.of("k" + key, version, (long) key * version));
            }
          }
          Collections.shuffle(rows, new Random(writer));
          try (ViewStore store = views.open()) {
            store.create(SMALL);
            for (int i = 0; i < rows.size(); i += 100) {
              store.upsert(SMALL, rows.subList(i, i + 100));
            }
          }
          return writer;
        });
    try (ViewStore store = views.open()) {
      List<ViewRow> found = rows(store, SMALL, true);
      assertThat(found, hasSize(keys));
      for (ViewRow row : found) {
        long key = Long.parseLong(row.key().substring(1));
        assertThat(row, equalTo(ViewRow.of(row.key(), versions, key * versions)));
      }
    }
  }

  @Test
  void writersWhoContradictEachOtherConverge() throws Exception {
    needs(ViewGuarantee.TIES);
    needs(ViewGuarantee.CONCURRENT_WRITERS);
    Views views = freshViews();
    int writers = 4;
    List<List<ViewRow>> written = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      List<ViewRow> rows = new ArrayList<>();
      for (int key = 0; key < 50; key++) {
        for (long evidence = 1; evidence <= 3; evidence++) {
          rows.add(ViewRow.of("k" + key, evidence, (long) writer, "by " + writer));
        }
      }
      Collections.shuffle(rows, new Random(writer));
      written.add(rows);
    }
    inParallel(
        writers,
        writer -> {
          try (ViewStore store = views.open()) {
            store.create(PAIRS);
            for (int round = 0; round < 2; round++) {
              for (int i = 0; i < written.get(writer).size(); i += 30) {
                store.upsert(PAIRS, written.get(writer).subList(i, i + 30));
              }
            }
          }
          return writer;
        });
    List<ViewRow> all = written.stream().flatMap(List::stream).toList();
    try (ViewStore store = views.open()) {
      assertThat(rows(store, PAIRS, true), equalTo(ViewRows.winners(all)));
    }
  }

  @Test
  void evidenceOfContradictionsIsComparedExactly() {
    needs(ViewGuarantee.LARGE_EVIDENCE);
    Views views = freshViews();
    List<ViewRow> rows = new ArrayList<>();
    for (long evidence :
        new long[] {1, 3, (1L << 40) + 7, (1L << 40) + 8, 16L << 40, (1L << 50) - 1, 1L << 50}) {
      rows.add(ViewRow.of("all", evidence, evidence));
      rows.add(ViewRow.of("k" + evidence, evidence, evidence));
    }
    Collections.shuffle(rows, new Random(3));
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      for (ViewRow row : rows) {
        store.upsert(SMALL, List.of(row));
      }
      assertThat(rows(store, SMALL, true), equalTo(ViewRows.winners(rows)));
    }
  }

  @Test
  void anUpsertIsSeenWholeOrNotAtAll() throws Exception {
    needs(ViewGuarantee.SNAPSHOTS);
    Views views = freshViews();
    int keys = 300;
    int versions = 30;
    AtomicBoolean done = new AtomicBoolean();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      inParallel(
          2,
          worker -> {
            try (ViewStore mine = views.open()) {
              if (worker == 0) {
                for (long version = 1; version <= versions; version++) {
                  mine.upsert(SMALL, manyRows(keys, version));
                }
                done.set(true);
              }
              do {
                List<ViewRow> seen = rows(mine, SMALL, true);
                long version = seen.isEmpty() ? 0 : seen.get(0).evidence();
                assertThat(
                    seen,
                    equalTo(ViewRows.winners(version == 0 ? List.of() : manyRows(keys, version))));
              } while (!done.get());
            } finally {
              done.set(true);
            }
            return worker;
          });
    }
  }

  private static List<ViewRow> manyRows(int keys, long version) {
    return IntStream.range(0, keys).mapToObj(i -> ViewRow.of("k" + i, version, version)).toList();
  }

  @Test
  void manyMayCreateAtOnce() throws Exception {
    needs(ViewGuarantee.CONCURRENT_CREATION);
    Views views = freshViews();
    inParallel(
        6,
        worker -> {
          try (ViewStore store = views.open()) {
            store.create(EVERYTHING);
            store.create(EVERYTHING);
            return store.count(EVERYTHING);
          }
        });
    try (ViewStore store = views.open()) {
      assertThat(store.activeGeneration(EVERYTHING), is(OptionalInt.of(1)));
    }
  }

  @Test
  void aWithdrawnRowIsAbsentUntilHigherEvidenceBringsItBack() throws Exception {
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      store.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L), ViewRow.of("b", 1, 2L)));
      store.upsert(SMALL, List.of(ViewRow.withdrawn("a", 2, 1L)));
      store.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L)));
      assertThat(rows(store, SMALL, false), contains(ViewRow.of("b", 1, 2L)));
      assertThat(
          rows(store, SMALL, true),
          contains(ViewRow.withdrawn("a", 2, 1L), ViewRow.of("b", 1, 2L)));
      assertThat(store.count(SMALL), is(1L));
      assertThat(shown(views, SMALL, "id"), contains("b"));
      store.upsert(SMALL, List.of(ViewRow.of("a", 3, 7L)));
      assertThat(store.count(SMALL), is(2L));
    }
  }

  @Test
  void anOlderTableGetsTheNewColumns() throws Exception {
    needs(ViewGuarantee.WIDENING);
    Views views = freshViews();
    ViewSchema wider =
        ViewSchema.named("small", "id")
            .column("reason", ColumnType.TEXT)
            .column("amount", ColumnType.LONG)
            .column("risk", ColumnType.DOUBLE)
            .build();
    try (ViewStore old = views.open();
        ViewStore store = views.open()) {
      old.create(SMALL);
      old.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L)));
      store.create(wider);
      store.upsert(wider, List.of(ViewRow.of("b", 1, "because", 2L, 0.5)));
      assertThat(
          rows(store, wider, true),
          contains(ViewRow.of("a", 1, null, 1L, null), ViewRow.of("b", 1, "because", 2L, 0.5)));
      assertThat(shown(views, wider, "amount"), contains("1", "2"));
      // A writer of the old schema works on.
      old.upsert(SMALL, List.of(ViewRow.of("c", 1, 3L)));
      old.create(SMALL);
      assertThat(store.count(wider), is(3L));
      assertThat(shown(views, wider, "amount"), contains("1", "2", "3"));
      assertThat(rows(store, wider, true).get(1), equalTo(ViewRow.of("b", 1, "because", 2L, 0.5)));
    }
  }

  @Test
  void readersSeeThePointerSwitchAtOnce() throws Exception {
    needs(ViewGuarantee.POINTER);
    Views first = freshViews();
    Views second = first.withGeneration(2);
    try (ViewStore one = first.open();
        ViewStore two = second.open()) {
      one.create(SMALL);
      one.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L), ViewRow.of("b", 1, 1L)));
      two.create(SMALL);
      two.upsert(SMALL, List.of(ViewRow.of("c", 1, 2L), ViewRow.of("d", 1, 2L)));
      assertThat("generations are apart", rows(one, SMALL, true), hasSize(2));
      assertThat(rows(two, SMALL, true), hasSize(2));
      assertThat("building moves nothing", two.activeGeneration(SMALL), is(OptionalInt.of(1)));
      assertThat(shown(first, SMALL, "id"), contains("a", "b"));

      AtomicBoolean done = new AtomicBoolean();
      ExecutorService pool = Executors.newSingleThreadExecutor();
      try {
        Future<Integer> reader =
            pool.submit(
                () -> {
                  int reads = 0;
                  try (Reader people = reader(first)) {
                    while (!done.get()) {
                      String seen = String.join("", people.column(SMALL, "id"));
                      if (!seen.equals("ab") && !seen.equals("cd")) {
                        throw new AssertionError("half a view: " + seen);
                      }
                      reads++;
                    }
                  }
                  return reads;
                });
        for (int i = 0; i < 40; i++) {
          (i % 2 == 0 ? two : one).activate(List.of(SMALL), OptionalInt.empty());
        }
        two.activate(List.of(SMALL), OptionalInt.empty());
        done.set(true);
        reader.get();
      } finally {
        done.set(true);
        pool.shutdownNow();
      }
      assertThat(one.activeGeneration(SMALL), is(OptionalInt.of(2)));
      assertThat(shown(first, SMALL, "id"), contains("c", "d"));
      one.create(SMALL);
      assertThat("create keeps the pointer", one.activeGeneration(SMALL), is(OptionalInt.of(2)));
    }
  }

  @Test
  void thePointerSwitchesToAnotherShape() throws Exception {
    needs(ViewGuarantee.POINTER);
    Views first = freshViews();
    ViewSchema other = ViewSchema.named("small", "id").column("verdict", ColumnType.TEXT).build();
    try (ViewStore one = first.open();
        ViewStore two = first.withGeneration(2).open()) {
      one.create(SMALL);
      two.create(other);
      two.upsert(other, List.of(ViewRow.of("a", 1, "good")));
      two.activate(List.of(other), OptionalInt.empty());
      assertThat(shown(first, other, "verdict"), contains("good"));
      one.activate(List.of(SMALL), OptionalInt.empty());
      assertThat(shown(first, SMALL, "amount"), empty());
    }
  }

  @Test
  void pointersMoveOnlyFromTheExpectedGeneration() {
    needs(ViewGuarantee.POINTER);
    Views first = freshViews();
    List<ViewSchema> both = List.of(SMALL, PAIRS);
    try (ViewStore one = first.open();
        ViewStore two = first.withGeneration(2).open();
        ViewStore three = first.withGeneration(3).open()) {
      for (ViewStore store : List.of(one, two, three)) {
        both.forEach(store::create);
      }
      assertThat(two.activate(both, OptionalInt.of(3)), is(false));
      assertThat(one.activeGeneration(PAIRS), is(OptionalInt.of(1)));
      assertThat(two.activate(both, OptionalInt.of(1)), is(true));
      assertThat("again", two.activate(both, OptionalInt.of(1)), is(true));
      // One of them has moved on: the others stay.
      assertThat(three.activate(List.of(PAIRS), OptionalInt.of(2)), is(true));
      assertThat(one.activate(both, OptionalInt.of(2)), is(false));
      assertThat(one.activeGeneration(SMALL), is(OptionalInt.of(2)));
      assertThat(one.activeGeneration(PAIRS), is(OptionalInt.of(3)));
    }
  }

  @Test
  void ofManyWhoSwitchAtOnceOneSucceeds() throws Exception {
    needs(ViewGuarantee.POINTER);
    Views first = freshViews();
    AtomicInteger successes = new AtomicInteger();
    for (int generation = 1; generation <= 5; generation++) {
      try (ViewStore store = first.withGeneration(generation).open()) {
        store.create(SMALL);
      }
    }
    inParallel(
        4,
        worker -> {
          try (ViewStore store = first.withGeneration(worker + 2).open()) {
            if (store.activate(List.of(SMALL), OptionalInt.of(1))) {
              successes.incrementAndGet();
            }
            return store;
          }
        });
    assertThat(successes.get(), is(1));
  }

  @Test
  void generationsAreListedAndDropped() {
    needs(ViewGuarantee.POINTER);
    Views first = freshViews();
    ViewSchema wider =
        ViewSchema.named("small", "id")
            .column("amount", ColumnType.LONG)
            .column("risk", ColumnType.DOUBLE)
            .build();
    try (ViewStore one = first.open();
        ViewStore two = first.withGeneration(2).open();
        ViewStore twelve = first.withGeneration(12).open()) {
      assertThat(one.generations(SMALL), empty());
      assertThat(one.stored(SMALL), is(Optional.empty()));
      one.create(SMALL);
      two.create(wider);
      twelve.create(SMALL);
      assertThat(one.generations(SMALL), contains(1, 2, 12));
      assertThat(one.generations(PAIRS), empty());
      assertThat(two.stored(wider), is(Optional.of(wider)));
      assertThat(two.stored(SMALL), is(Optional.of(SMALL)));
      KappaException e = assertThrows(KappaException.class, () -> one.drop(SMALL));
      assertThat(e.getMessage(), containsString("people read"));
      twelve.drop(SMALL);
      twelve.drop(SMALL);
      two.activate(List.of(wider), OptionalInt.of(1));
      one.drop(SMALL);
      assertThat(two.generations(SMALL), contains(2));
    }
  }

  @Test
  void aPointerShowsTheColumnsItsGenerationHas() throws Exception {
    needs(ViewGuarantee.POINTER);
    needs(ViewGuarantee.WIDENING);
    Views first = freshViews();
    ViewSchema wider =
        ViewSchema.named("small", "id")
            .column("amount", ColumnType.LONG)
            .column("risk", ColumnType.DOUBLE)
            .build();
    try (ViewStore one = first.open();
        ViewStore two = first.withGeneration(2).open()) {
      one.create(SMALL);
      one.upsert(SMALL, List.of(ViewRow.of("a", 1, 7L)));
      two.create(wider);
      two.upsert(wider, List.of(ViewRow.of("a", 1, 7L, 0.5)));
      assertThat(one.stored(wider), is(Optional.of(SMALL)));
      // By a program that knows the new shape only.
      two.activate(List.of(wider), OptionalInt.of(1));
      assertThat(shown(first, wider, "risk"), contains("0.5"));
      one.activate(List.of(wider), OptionalInt.of(2));
      assertThat(shown(first, SMALL, "amount"), contains("7"));
    }
  }

  @Test
  void aTextChangesOnlyFromTheVersionThatWasRead() {
    needs(ViewGuarantee.CONTROL);
    try (ViewStore store = freshViews().open()) {
      ControlTable control = store.control();
      assertThat(control.get("a/1"), is(Optional.empty()));
      assertThat(control.put("a/1", ControlTable.ABSENT, "one"), is(true));
      assertThat(control.put("a/1", ControlTable.ABSENT, "zwei"), is(false));
      assertThat(control.put("a/1", 2, "zwei"), is(false));
      assertThat(control.put("a/1", 1, "dos \u00fc \ud83d\ude80 \n \""), is(true));
      assertThat(control.put("a/1", 1, "drei"), is(false));
      assertThat(control.put("a/2", 1, "never"), is(false));
      assertThat(control.put("b", ControlTable.ABSENT, "x".repeat(300_000)), is(true));
      assertThat(control.put("a/0", ControlTable.ABSENT, ""), is(true));
      ControlTable.Document first = new ControlTable.Document("a/0", 1, "");
      ControlTable.Document second =
          new ControlTable.Document("a/1", 2, "dos \u00fc \ud83d\ude80 \n \"");
      assertThat(store.control().get("a/1"), is(Optional.of(second)));
      assertThat(control.list("a/"), contains(first, second));
      assertThat(control.list(""), hasSize(3));
      assertThat(control.get("b").orElseThrow().text().length(), is(300_000));
    }
  }

  @Test
  void ofManyWhoChangeATextAtOnceOneSucceedsEachTime() throws Exception {
    needs(ViewGuarantee.CONTROL);
    Views views = freshViews();
    int workers = 4;
    int each = 10;
    AtomicInteger unknown = new AtomicInteger();
    inParallel(
        workers,
        worker -> {
          try (ViewStore store = views.open()) {
            ControlTable control = store.control();
            for (int done = 0; done < each; ) {
              Optional<ControlTable.Document> old = control.get("sum");
              long version = old.map(ControlTable.Document::version).orElse(ControlTable.ABSENT);
              int sum = old.map(d -> Integer.parseInt(d.text())).orElse(0);
              try {
                done += control.put("sum", version, Integer.toString(sum + 1)) ? 1 : 0;
              } catch (KappaException e) {
                // A store that did not answer in time, and says that it cannot tell.
                assertThat(e.getCause(), instanceOf(ViewUnavailableException.class));
                unknown.incrementAndGet();
              }
            }
            return store;
          }
        });
    try (ViewStore store = views.open()) {
      ControlTable.Document sum = store.control().get("sum").orElseThrow();
      int known = workers * each;
      assertThat(sum.text(), is(Long.toString(sum.version())));
      assertThat(sum.version(), greaterThanOrEqualTo((long) known));
      assertThat(sum.version(), lessThanOrEqualTo((long) known + unknown.get()));
    }
  }

  @Test
  void rangesCoverAllKeysOnce() {
    needs(ViewGuarantee.RANGES);
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      assertThat(store.ranges(SMALL, 4), contains(KeyRange.all()));
      int n = 1_003;
      store.upsert(SMALL, LongStream.range(0, n).mapToObj(i -> ViewRow.of("k" + i, 1, i)).toList());
      for (int parts : new int[] {1, 2, 7, 2_000}) {
        List<KeyRange> ranges = store.ranges(SMALL, parts);
        assertThat(ranges.size(), lessThanOrEqualTo(parts));
        List<ViewRow> found = new ArrayList<>();
        for (KeyRange range : ranges) {
          store.scan(SMALL, range, false, found::add);
        }
        assertThat(found, equalTo(rows(store, SMALL, false)));
        assertThat(found, hasSize(n));
      }
      assertThat(store.ranges(SMALL, 7), hasSize(7));
    }
  }

  @Test
  void aViewThatWasNeverWrittenIsOneClearLine() {
    try (ViewStore store = freshViews().open()) {
      assertThat(store.activeGeneration(SMALL), is(OptionalInt.empty()));
      KappaException e = assertThrows(KappaException.class, () -> store.count(SMALL));
      assertThat(e.getMessage(), containsString("no generation 1"));
      assertThat(e.getMessage().lines().count(), is(1L));
    }
  }

  @Test
  void aRowThatDoesNotFitItsSchemaIsRefusedWhole() {
    try (ViewStore store = freshViews().open()) {
      store.create(SMALL);
      List<ViewRow> rows = List.of(ViewRow.of("a", 1, 1L), ViewRow.of("b", 1, "text"));
      assertThat(
          assertThrows(KappaException.class, () -> store.upsert(SMALL, rows)).getMessage(),
          containsString("amount"));
      assertThrows(
          KappaException.class, () -> store.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L, 2L))));
      assertThat(store.count(SMALL), is(0L));
      store.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L)));
      assertThat(store.count(SMALL), is(1L));
    }
  }

  @Test
  void aListWithAWrongElementIsRefused() {
    needs(ViewGuarantee.VALUES);
    int tags = EVERYTHING.columns().indexOf(Column.of("tags", ColumnType.TEXT_LIST));
    try (ViewStore store = freshViews().open()) {
      store.create(EVERYTHING);
      for (List<?> list : List.of(List.of("a", 1L), Arrays.asList("a", null))) {
        @Nullable Object[] values = new Object[EVERYTHING.columns().size()];
        values[tags] = list;
        assertThat(
            assertThrows(
                    KappaException.class,
                    () -> store.upsert(EVERYTHING, List.of(everything("k", values))))
                .getMessage(),
            containsString("tags"));
      }
      assertThat(store.count(EVERYTHING), is(0L));
    }
  }

  @Test
  void aWriterThatWasKilledIsRunAgain() throws Exception {
    needs(ViewGuarantee.KILLED_WRITER);
    Views views = freshViews();
    KilledWriter.runAndKill(views);
    ViewSchema schema = KilledWriter.SCHEMA;
    List<ViewRow> expected =
        new ArrayList<>(
            ViewRows.winners(KilledWriter.batches().stream().flatMap(List::stream).toList()));
    expected.sort((a, b) -> ViewValues.compareKeys(a.key(), b.key()));
    try (ViewStore store = views.open()) {
      assertThat("it had begun", store.count(schema), greaterThan(0L));
      assertThat("it had not ended", rows(store, schema, true), not(equalTo(expected)));
      store.create(schema);
      KilledWriter.batches().forEach(batch -> store.upsert(schema, batch));
      assertThat(rows(store, schema, true), equalTo(expected));
    }
  }

  @Test
  void aStoreThatIsAwayForAWhileLosesNothing() throws Exception {
    needs(ViewGuarantee.OUTAGE);
    Views views = freshViews();
    int batches = 60;
    int size = 500;
    Outage outage = new Outage(this);
    OUTAGE.set(outage);
    try {
      Pipeline pipeline = pipeline();
      pipeline
          .apply(Create.of(IntStream.range(0, batches).boxed().toList()))
          .apply(ParDo.of(new RowsFn(size, batches / 2)))
          .setCoder(BatchCoder.of(ViewRowCoder.of()))
          .apply(WriteView.of(views, SMALL));
      pipeline.run().waitUntilFinish();
    } finally {
      OUTAGE.set(null);
      outage.end();
    }
    try (ViewStore store = views.open()) {
      assertThat(store.count(SMALL), is((long) batches * size));
    }
  }

  /** The outage under a running pipeline; static, since functions are serialized. */
  private static final AtomicReference<@Nullable Outage> OUTAGE = new AtomicReference<>();

  /** A server stopped once, and started again after a while. */
  private static final class Outage {
    private static final int SECONDS_AWAY = 30;

    private final ViewContract store;
    private @Nullable CompletableFuture<Void> back;

    Outage(ViewContract store) {
      this.store = store;
    }

    synchronized void begin() throws Exception {
      if (back != null) {
        return;
      }
      store.stopStore();
      Executor later = CompletableFuture.delayedExecutor(SECONDS_AWAY, TimeUnit.SECONDS);
      back =
          CompletableFuture.runAsync(
              () -> {
                try {
                  store.startStore();
                } catch (Exception e) {
                  throw new IllegalStateException("the store does not start again", e);
                }
              },
              later);
    }

    synchronized void end() throws Exception {
      assertThat("the store was away", back != null);
      back.get(2, TimeUnit.MINUTES);
    }
  }

  /** Makes a batch of rows for each number, and stops the store before one of them. */
  private static final class RowsFn extends DoFn<Integer, Batch<ViewRow>> {
    private final int size;
    private final int stopAt;

    RowsFn(int size, int stopAt) {
      this.size = size;
      this.stopAt = stopAt;
    }

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<Batch<ViewRow>> out)
        throws Exception {
      Outage outage = OUTAGE.get();
      if (number == stopAt && outage != null) {
        outage.begin();
      }
      out.output(
          Batch.of(
              LongStream.range(0, size)
                  .mapToObj(i -> ViewRow.of(number + "-" + i, 1, i))
                  .toList()));
    }
  }

  @Test
  void aPipelineWritesAndReadsAView() {
    Views views = freshViews();
    int batches = 30;
    int size = 250;
    List<Batch<ViewRow>> input = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      int batch = b;
      // Every key comes in three batches, with more evidence each time.
      input.add(
          Batch.of(
              IntStream.range(0, size)
                  .mapToObj(
                      i -> ViewRow.of("k" + (batch % 10) + "-" + i, 1 + batch / 10, (long) batch))
                  .toList()));
    }
    Pipeline write = pipeline();
    write
        .apply(Create.of(input).withCoder(BatchCoder.of(ViewRowCoder.of())))
        .apply(WriteView.of(views, SMALL));
    PipelineResult result = write.run();
    result.waitUntilFinish();
    long written =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named("small", "rows_written"))
                    .build())
            .getCounters()
            .iterator()
            .next()
            // The Direct runner moves attempted counts about while it is asked for them.
            .getCommitted();
    assertThat(written, is((long) batches * size));
    try (ViewStore store = views.open()) {
      List<ViewRow> found = rows(store, SMALL, true);
      assertThat(found, hasSize(10 * size));
      assertThat(found.stream().allMatch(row -> row.evidence() == 3), is(true));
    }
    Pipeline read = pipeline();
    PAssert.thatSingleton(
            read.apply(ReadView.of(views, SMALL).withRanges(5)).apply(Count.globally()))
        .isEqualTo(10L * size);
    read.run().waitUntilFinish();
  }

  protected static Pipeline pipeline() {
    return Pipeline.create(PipelineOptionsFactory.create());
  }

  protected static List<ViewRow> rows(ViewStore store, ViewSchema schema, boolean withdrawn) {
    List<ViewRow> rows = new ArrayList<>();
    store.scan(schema, withdrawn, rows::add);
    return rows;
  }

  /** One column as a reader sees it now. */
  protected final List<String> shown(Views views, ViewSchema schema, String column)
      throws Exception {
    try (Reader people = reader(views)) {
      return people.column(schema, column);
    }
  }

  /** Looks up the pointer, then reads the generation it names. */
  private static final class PointerReader implements Reader {
    private final Views views;
    private final Map<Integer, ViewStore> generations = new HashMap<>();

    PointerReader(Views views) {
      this.views = views;
    }

    @Override
    public List<String> column(ViewSchema schema, String column) {
      ViewStore active =
          generation(generation(views.generation()).activeGeneration(schema).getAsInt());
      int index = schema.columns().stream().map(Column::name).toList().indexOf(column);
      List<String> found = new ArrayList<>();
      active.scan(
          schema,
          false,
          row -> found.add(index < 0 ? row.key() : String.valueOf(row.value(index))));
      return found;
    }

    private ViewStore generation(int generation) {
      return generations.computeIfAbsent(generation, g -> views.withGeneration(g).open());
    }

    @Override
    public void close() {
      generations.values().forEach(ViewStore::close);
    }
  }

  /** Work for worker number n. */
  private interface Work {
    Object run(int n) throws Exception;
  }

  private static void inParallel(int n, Work work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(n);
    try {
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        int worker = i;
        tasks.add(() -> work.run(worker));
      }
      for (Future<Object> done : pool.invokeAll(tasks)) {
        assertThat(done.get(), instanceOf(Object.class));
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
