package org.kappabeam.transforms.bigquery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.view.ViewContract;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewGuarantee;
import org.kappabeam.transforms.view.ViewRows;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.kappabeam.transforms.view.WriteView;

/** The BigQuery view on Beam's own fakes: there is no emulator, and nothing here is the service. */
class FakeBigQueryViewTest extends ViewContract {
  private static final long FIRST_YEAR = -62_135_596_800_000_000L;
  private static final long LAST_YEAR = 253_402_300_799_999_999L;

  private static final ViewSchema TIMED =
      ViewSchema.named("timed", "id")
          .column("amount", ColumnType.LONG)
          .column("at", ColumnType.TIMESTAMP)
          .column("seen_at", ColumnType.TIMESTAMP)
          .build();

  @TempDir private Path dir;

  @Override
  protected Views freshViews() {
    return Views.at(FakeBigQuery.newDataset(), 1);
  }

  @Override
  protected Optional<String> cannot(ViewGuarantee guarantee) {
    return Optional.ofNullable(
        switch (guarantee) {
          case VALUES -> "a TIMESTAMP of BigQuery is in the years 1 to 9999; others are refused";
          case CONTROL -> "no compare-and-set of texts that could be tested without the service";
          case SNAPSHOTS -> "an upsert of many rows may be several requests";
          case KILLED_WRITER -> "Beam's fakes live in the memory of the writer";
          case OUTAGE -> "Beam's fakes have no server that could be away";
          default -> null;
        });
  }

  private static Table table(Views views, String name) throws IOException {
    Table table =
        new FakeBigQuery().tables().get(FakeBigQueryConnector.address(views.uri()).table(name));
    assertThat(name, table != null);
    return table;
  }

  @Test
  void aTableHasPrimaryKeyPartitionsAndClusters() throws IOException {
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(TIMED);
      store.create(SMALL);
    }
    Table timed = table(views, "timed__g1");
    assertThat(timed.getTableConstraints().getPrimaryKey().getColumns(), contains("id"));
    assertThat(timed.getClustering().getFields(), contains("id"));
    assertThat(timed.getTimePartitioning().getType(), is("DAY"));
    assertThat(timed.getTimePartitioning().getField(), is("at"));
    assertThat(
        timed.getLabels(),
        allOf(hasEntry("kappa_view", "timed"), hasEntry("kappa_generation", "1")));
    assertThat(
        timed.getSchema().getFields().stream()
            .map(f -> f.getName() + " " + f.getType() + " " + f.getMode())
            .toList(),
        contains(
            "id STRING REQUIRED",
            "amount INT64 NULLABLE",
            "at TIMESTAMP NULLABLE",
            "seen_at TIMESTAMP NULLABLE",
            "evidence INT64 REQUIRED",
            "withdrawn BOOL REQUIRED",
            "fingerprint INT64 REQUIRED"));
    assertThat(table(views, "small__g1").getTimePartitioning(), is(nullValue()));
  }

  @Test
  void partitionsAreAsLongAsTheUriSays() throws IOException {
    for (String partition : List.of("month", "none")) {
      Views views = Views.at(FakeBigQuery.newDataset() + "?partition=" + partition, 1);
      try (ViewStore store = views.open()) {
        store.create(TIMED);
      }
      var partitions = table(views, "timed__g1").getTimePartitioning();
      assertThat(
          partitions == null ? "none" : partitions.getType(),
          is(partition.equals("none") ? "none" : "MONTH"));
    }
  }

  @Test
  void peopleSeeOneGenerationByALogicalView() throws IOException {
    Views views = freshViews();
    try (ViewStore one = views.open();
        ViewStore two = views.withGeneration(2).open()) {
      one.create(SMALL);
      two.create(SMALL);
      String dataset = FakeBigQueryConnector.address(views.uri()).dataset();
      assertThat(
          table(views, "small").getView().getQuery(),
          is(
              "SELECT `id`, `amount` FROM `fake-project.%s.small__g1` WHERE NOT withdrawn"
                  .formatted(dataset)));
      assertThat(table(views, "small").getView().getUseLegacySql(), is(false));
      two.activate(List.of(SMALL), OptionalInt.of(1));
      assertThat(table(views, "small").getView().getQuery(), containsString("small__g2`"));
      assertThat(table(views, "small").getLabels(), hasEntry("kappa_generation", "2"));
    }
  }

  @Test
  void newColumnsAreAddedAndOldOnesStay() throws IOException {
    Views views = freshViews();
    ViewSchema wider =
        ViewSchema.named("small", "id")
            .column("reason", ColumnType.TEXT)
            .column("amount", ColumnType.LONG)
            .build();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      store.create(wider);
      store.create(SMALL);
    }
    assertThat(
        table(views, "small__g1").getSchema().getFields().stream()
            .map(TableFieldSchema::getName)
            .toList(),
        contains("id", "amount", "evidence", "withdrawn", "fingerprint", "reason"));
    assertThat(
        table(views, "small").getView().getQuery(),
        containsString("SELECT `id`, `amount`, `reason` FROM"));
  }

  /** A key, and a value for each column of {@link #EVERYTHING}. */
  private static List<ViewRow> rowsInTheYearsOfBigQuery() {
    return List.of(
        everything("a"),
        everything(
            "b", 0L, 0.0, false, "", 0L, new BigDecimal("0.00"), new byte[0], List.of(), List.of()),
        everything(
            "c",
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            true,
            "Grüße, 漢字, 😀, \u0000",
            LAST_YEAR,
            new BigDecimal("12345678901234567890123456789012345678901234567890.10"),
            new byte[] {0, 1, 127, -128, -1},
            List.of("", "NULL", "a\"b\\c,'d'\n"),
            List.of(Long.MAX_VALUE, Long.MIN_VALUE)),
        everything("d", Long.MIN_VALUE, Double.NaN, true, "NULL", FIRST_YEAR),
        everything("e", 1L, -0.0, true, "x", -1L),
        everything("f", 1L, Double.NEGATIVE_INFINITY, true, "x", 1_522_540_831_000_001L),
        everything("g", 1L, 0.1 + 0.2, true, "x", 1_522_540_831_000_000L));
  }

  @Test
  void valuesComeBackExactlyAndTheDigestIsThatOfAnotherStore() {
    List<ViewRow> rows = rowsInTheYearsOfBigQuery();
    try (ViewStore store = freshViews().open();
        ViewStore sqlite = Views.at("sqlite:" + dir.resolve("views.db"), 1).open()) {
      for (ViewStore each : List.of(store, sqlite)) {
        each.create(EVERYTHING);
        each.upsert(EVERYTHING, rows);
      }
      assertThat(rows(store, EVERYTHING, true), equalTo(rows));
      assertThat(ViewDigest.of(store, EVERYTHING), is(ViewDigest.of(sqlite, EVERYTHING)));
    }
  }

  @Test
  void valuesComeThroughAPipelineExactly() {
    Views views = freshViews();
    List<ViewRow> rows = rowsInTheYearsOfBigQuery();
    write(views, EVERYTHING, rows);
    try (ViewStore store = views.open()) {
      assertThat(rows(store, EVERYTHING, true), equalTo(rows));
    }
  }

  @Test
  void timesThatBigQueryDoesNotKnowAreOneClearLine() {
    try (ViewStore store = freshViews().open()) {
      store.create(TIMED);
      store.upsert(TIMED, List.of(ViewRow.of("a", 1, 1L, FIRST_YEAR, LAST_YEAR)));
      for (long time : new long[] {Long.MIN_VALUE, FIRST_YEAR - 1, LAST_YEAR + 1}) {
        KappaException e =
            assertThrows(
                KappaException.class,
                () -> store.upsert(TIMED, List.of(ViewRow.of("b", 1, 1L, 0L, time))));
        assertThat(e.getMessage(), containsString("column seen_at is not in the years 1 to 9999"));
        assertThat(e.getMessage().lines().count(), is(1L));
      }
      assertThat(store.count(TIMED), is(1L));
    }
  }

  @Test
  void aListWithANullInItIsRefused() {
    @Nullable Object[] values = new Object[EVERYTHING.columns().size()];
    values[7] = Arrays.asList("a", null);
    try (ViewStore store = freshViews().open()) {
      store.create(EVERYTHING);
      assertThat(
          assertThrows(
                  KappaException.class,
                  () -> store.upsert(EVERYTHING, List.of(everything("k", values))))
              .getMessage(),
          containsString("tags"));
    }
  }

  /** Both sections decide: of equal evidence, the row with the higher fingerprint. */
  @Test
  void changesOfAPipelineMayComeInAnyOrder() {
    Views views = freshViews();
    List<ViewRow> rows = new ArrayList<>();
    for (long key = 0; key < 20; key++) {
      for (long evidence = 1; evidence <= 12; evidence++) {
        rows.add(ViewRow.of("k" + (10 + key), evidence, key));
        rows.add(ViewRow.of("k" + (10 + key), evidence, evidence));
        rows.add(ViewRow.withdrawn("k" + (10 + key), 6, key));
      }
    }
    Collections.shuffle(rows, new Random(5));
    write(views, SMALL, rows);
    try (ViewStore store = views.open()) {
      assertThat(rows(store, SMALL, true), equalTo(ViewRows.winners(rows)));
    }
  }

  @Test
  void refusedRowsBecomeDeadLetters() {
    Views views = freshViews();
    FakeBigQuery.refuse("poison");
    PipelineResult result =
        write(
            views,
            TIMED,
            List.of(
                ViewRow.of("good", 1, 1L, 0L, 0L),
                ViewRow.of("poison", 3, 2L, 1_000_000L, null),
                ViewRow.of("early", 2, 3L, Long.MIN_VALUE, 0L),
                ViewRow.of("fine", 1, 4L, null, null)));
    assertThat(counter(result, "timed", "rows_written"), is(2L));
    assertThat(counter(result, "timed", "rows_refused"), is(2L));
    ViewSchema letters = DeadLetterView.schema();
    try (ViewStore store = views.open()) {
      assertThat(
          rows(store, TIMED, true).stream().map(ViewRow::key).toList(), contains("fine", "good"));
      List<ViewRow> dead = rows(store, letters, true);
      assertThat(
          dead.stream().map(row -> row.key().replaceAll("/-?\\d+$", "")).toList(),
          contains("timed/early#2", "timed/poison#3"));
      for (ViewRow row : dead) {
        assertThat(row.value(0), is("REFUSED_BY_VIEW"));
      }
      assertThat((String) dead.get(0).value(1), containsString("column at is not in the years"));
      assertThat((String) dead.get(1).value(1), containsString("Failing row"));
      assertThat(
          new String((byte[]) dead.get(0).value(4), StandardCharsets.UTF_8),
          containsString("\"id\":\"early\",\"amount\":3,\"at\":-9223372036854775808"));
      assertThat(
          new String((byte[]) dead.get(1).value(4), StandardCharsets.UTF_8),
          containsString("\"id\":\"poison\""));
    }
  }

  @Test
  void aRefusedDeadLetterIsCounted() {
    Views views = freshViews();
    FakeBigQuery.refuse("poisoned letter");
    PipelineResult result =
        write(
            views,
            DeadLetterView.schema(),
            List.of(
                ViewRow.of("0:1", 1, "INVALID", "poisoned letter", 0L, null, null, null),
                ViewRow.of("0:2", 1, "INVALID", "a letter", 0L, null, null, null)));
    assertThat(counter(result, "dead_letters", "rows_written"), is(1L));
    assertThat(counter(result, "dead_letters", "rows_refused"), is(1L));
  }

  @Test
  void theControlTableIsOneClearLine() {
    try (ViewStore store = freshViews().open()) {
      KappaException e = assertThrows(KappaException.class, store::control);
      assertThat(
          e.getMessage(), containsString("the replay lifecycle is not kept in BigQuery yet"));
    }
  }

  /** Writes rows one by one in batches of a few, and what is refused to the dead letters. */
  private static PipelineResult write(Views views, ViewSchema schema, List<ViewRow> rows) {
    List<Batch<ViewRow>> batches = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += 7) {
      batches.add(Batch.of(rows.subList(i, Math.min(rows.size(), i + 7))));
    }
    Pipeline pipeline = pipeline();
    var refused =
        pipeline
            .apply(Create.of(batches).withCoder(BatchCoder.of(ViewRowCoder.of())))
            .apply("Rows", WriteView.of(views, schema));
    if (!schema.equals(DeadLetterView.schema())) {
      refused
          .apply(Flatten.pCollections())
          .apply("Dead letters", WriteView.of(views, DeadLetterView.schema()));
    }
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    return result;
  }

  /** The sum over the steps that count it. */
  private static long counter(PipelineResult result, String view, String name) {
    long sum = 0;
    for (var counted :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder().addNameFilter(MetricNameFilter.named(view, name)).build())
            .getCounters()) {
      sum += counted.getCommitted();
    }
    return sum;
  }
}
