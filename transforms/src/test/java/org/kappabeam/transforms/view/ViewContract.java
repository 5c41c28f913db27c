package org.kappabeam.transforms.view;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/** What every view store promises. A new store passes when its test extends this. */
public abstract class ViewContract {

  /** The same on every store; the golden test of {@link ViewDigest} too. */
  static final String DIGEST_OF_EVERYTHING =
      "0febab5ddfd7ef8818f57381ff37eb6fd87a1052eacdf1e74fe5a8e4630ad2e6";

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
          .build();

  protected static final ViewSchema SMALL =
      ViewSchema.named("small", "id").column("amount", ColumnType.LONG).build();

  private static final AtomicInteger TRIES = new AtomicInteger();

  /** Generation 1 in an empty place of its own. */
  protected abstract Views freshViews();

  /** A connection as a person with a query tool would open it. */
  protected abstract Connection people(Views views) throws SQLException;

  static ViewRow everything(String key, @Nullable Object... values) {
    return ViewRow.of(key, 1, values);
  }

  static List<ViewRow> rowsOfEveryType() {
    return List.of(
        everything("a", null, null, null, null, null, null, null),
        everything("b", 0L, 0.0, false, "", 0L, new BigDecimal("0.00"), new byte[0]),
        everything(
            "c",
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            true,
            "plain",
            Long.MAX_VALUE,
            new BigDecimal("12345678901234567890123456789012345678901234567890.123456789"),
            new byte[] {0, 1, 127, -128, -1}),
        everything(
            "d",
            Long.MIN_VALUE,
            Double.MIN_VALUE,
            true,
            "Grüße, Ελλάδα, русский, عربى, 漢字, 한국어, 😀, e\u0301",
            -1L,
            new BigDecimal("-1.50"),
            "it's \"quoted\"; DROP TABLE x --".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        everything(
            "e",
            -1L,
            Double.NaN,
            false,
            "\u0000 and \u0001 and \u0001\u0002\u0000\u0000",
            1L,
            new BigDecimal("1E-30"),
            new byte[] {0}),
        everything(
            "f",
            1L,
            -0.0,
            true,
            "it's \"q\" \\ ? % \n\r\t",
            ViewValues.FIRST_TIMESTAMP,
            null,
            null),
        everything(
            "g", 2L, Double.NEGATIVE_INFINITY, true, "\uFFFF", 1_522_540_831_000_001L, null, null),
        everything(
            "h",
            3L,
            Double.POSITIVE_INFINITY,
            true,
            "\u007F\u0080",
            Long.MIN_VALUE,
            new BigDecimal("0"),
            null),
        everything("i", 4L, 0.1 + 0.2, true, "NaN", -62_135_596_800_000_001L, null, null),
        everything("key\u0000with\u0001controls", 5L, 1.0, true, "NULL", 2L, null, null));
  }

  @Test
  void everyTypeComesBackExactly() {
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
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(EVERYTHING);
      long tooEarly = ViewValues.FIRST_TIMESTAMP - 1;
      store.upsert(
          EVERYTHING,
          List.of(everything("k", null, null, null, null, tooEarly, new BigDecimal("1E+3"), null)));
      BigDecimal thousand = new BigDecimal("1000");
      assertThat(
          rows(store, EVERYTHING, true),
          contains(everything("k", null, null, null, null, Long.MIN_VALUE, thousand, null)));
      ViewRow huge =
          everything("k2", null, null, null, null, null, new BigDecimal("1E+999999"), null);
      KappaException refused =
          assertThrows(KappaException.class, () -> store.upsert(EVERYTHING, List.of(huge)));
      assertThat(refused.getMessage(), containsString("price"));
      assertThat("the store still works", store.count(EVERYTHING), is(1L));
    }
  }

  @Test
  void theDigestIsTheSameOnEveryStore() {
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(EVERYTHING);
      List<ViewRow> shuffled = new ArrayList<>(rowsOfEveryType());
      Collections.shuffle(shuffled, new Random(7));
      store.upsert(EVERYTHING, shuffled);
      store.upsert(
          EVERYTHING, List.of(ViewRow.withdrawn("c0", 9, 1L, 1.0, true, "gone", 1L, null, null)));
      assertThat(ViewDigest.of(store, EVERYTHING), is(DIGEST_OF_EVERYTHING));
    }
  }

  @Test
  void keysComeInTheOrderOfTheirBytes() {
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
                Arbitraries.of(true, false))
            .as(
                (key, evidence, amount, withdrawn) ->
                    withdrawn
                        ? ViewRow.withdrawn("k" + key, evidence, amount)
                        : ViewRow.of("k" + key, evidence, amount));
    return row.list().ofMinSize(1).ofMaxSize(30);
  }

  @Property(tries = 60)
  void aStaleRowNeverWins(
      @ForAll("versions") List<ViewRow> versions, @ForAll Random random, @ForAll boolean together) {
    List<ViewRow> expected = ViewRows.winners(versions);
    Views views = shared();
    ViewSchema schema =
        ViewSchema.named("try_" + TRIES.incrementAndGet(), "id")
            .column("amount", ColumnType.LONG)
            .build();
    // Duplicated, permuted, cut into bundles, some bundles repeated.
    List<ViewRow> deliveries = new ArrayList<>(versions);
    deliveries.addAll(versions.subList(0, random.nextInt(versions.size())));
    Collections.shuffle(deliveries, random);
    try (ViewStore store = views.open()) {
      store.create(schema);
      int at = 0;
      while (at < deliveries.size()) {
        int end = together ? deliveries.size() : at + 1 + random.nextInt(deliveries.size() - at);
        List<ViewRow> bundle = deliveries.subList(at, end);
        store.upsert(schema, bundle);
        if (random.nextBoolean()) {
          store.upsert(schema, bundle);
        }
        at = end;
      }
      assertThat(rows(store, schema, true), equalTo(expected));
    }
  }

  private static final Map<Class<?>, Views> SHARED = new ConcurrentHashMap<>();

  /** One place for all tries of a store's property: tables differ. */
  private Views shared() {
    return SHARED.computeIfAbsent(getClass(), test -> freshViews());
  }

  @Test
  void concurrentWritersConverge() throws Exception {
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
  void manyMayCreateAtOnce() throws Exception {
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
      assertThat(query(views, "SELECT id FROM small ORDER BY id"), contains("b"));
      store.upsert(SMALL, List.of(ViewRow.of("a", 3, 7L)));
      assertThat(store.count(SMALL), is(2L));
    }
  }

  @Test
  void anOlderTableGetsTheNewColumns() throws Exception {
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
      assertThat(query(views, "SELECT reason FROM small WHERE id = 'b'"), contains("because"));
      // A writer of the old schema works on.
      old.upsert(SMALL, List.of(ViewRow.of("c", 1, 3L)));
      old.create(SMALL);
      assertThat(store.count(wider), is(3L));
      assertThat(query(views, "SELECT reason FROM small WHERE id = 'b'"), contains("because"));
    }
  }

  @Test
  void readersSeeThePointerSwitchAtOnce() throws Exception {
    Views first = freshViews();
    Views second = first.withGeneration(2);
    try (ViewStore one = first.open();
        ViewStore two = second.open()) {
      one.create(SMALL);
      one.upsert(SMALL, List.of(ViewRow.of("a", 1, 1L), ViewRow.of("b", 1, 1L)));
      two.create(SMALL);
      two.upsert(SMALL, List.of(ViewRow.of("c", 1, 2L), ViewRow.of("d", 1, 2L)));
      assertThat("building moves nothing", two.activeGeneration(SMALL), is(OptionalInt.of(1)));
      assertThat(query(first, "SELECT id FROM small ORDER BY id"), contains("a", "b"));

      AtomicBoolean done = new AtomicBoolean();
      ExecutorService pool = Executors.newSingleThreadExecutor();
      try {
        Future<Integer> reader =
            pool.submit(
                () -> {
                  int reads = 0;
                  try (Connection connection = people(first)) {
                    while (!done.get()) {
                      String seen =
                          String.join("", query(connection, "SELECT id FROM small ORDER BY id"));
                      if (!seen.equals("ab") && !seen.equals("cd")) {
                        throw new AssertionError("half a view: " + seen);
                      }
                      reads++;
                    }
                  }
                  return reads;
                });
        for (int i = 0; i < 40; i++) {
          (i % 2 == 0 ? two : one).activate(SMALL);
        }
        two.activate(SMALL);
        done.set(true);
        reader.get();
      } finally {
        done.set(true);
        pool.shutdownNow();
      }
      assertThat(one.activeGeneration(SMALL), is(OptionalInt.of(2)));
      assertThat(query(first, "SELECT id FROM small ORDER BY id"), contains("c", "d"));
      one.create(SMALL);
      assertThat("create keeps the pointer", one.activeGeneration(SMALL), is(OptionalInt.of(2)));
    }
  }

  @Test
  void thePointerSwitchesToAnotherShape() throws Exception {
    Views first = freshViews();
    ViewSchema other = ViewSchema.named("small", "id").column("verdict", ColumnType.TEXT).build();
    try (ViewStore one = first.open();
        ViewStore two = first.withGeneration(2).open()) {
      one.create(SMALL);
      two.create(other);
      two.upsert(other, List.of(ViewRow.of("a", 1, "good")));
      two.activate(other);
      assertThat(query(first, "SELECT verdict FROM small"), contains("good"));
      one.activate(SMALL);
      assertThat(query(first, "SELECT amount FROM small"), empty());
    }
  }

  @Test
  void rangesCoverAllKeysOnce() {
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
            .getAttempted();
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

  private List<String> query(Views views, String sql) throws SQLException {
    try (Connection connection = people(views)) {
      return query(connection, sql);
    }
  }

  protected static List<String> query(Connection connection, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        found.add(result.getString(1));
      }
    }
    return found;
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
