package org.kappabeam.transforms.bigtable;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.cloud.bigtable.admin.v2.models.ColumnFamily;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowCell;
import com.google.cloud.bigtable.data.v2.models.RowMutation;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewContract;
import org.kappabeam.transforms.view.ViewGuarantee;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

class BigtableViewIT extends ViewContract {
  private static @Nullable BigtableEmulator emulator;

  /** Started on first use: property tests know no @BeforeAll. It ends with the JVM. */
  private static synchronized BigtableEmulator emulator() {
    if (emulator == null) {
      emulator = BigtableEmulator.start();
    }
    return emulator;
  }

  @Override
  protected Views freshViews() {
    return Views.at(emulator().newInstance(), 1);
  }

  @Override
  protected Optional<String> cannot(ViewGuarantee guarantee) {
    return guarantee == ViewGuarantee.SNAPSHOTS
        ? Optional.of("Bigtable is atomic per row; it has no snapshot of many rows")
        : Optional.empty();
  }

  @Override
  protected void stopStore() throws Exception {
    emulator().shut();
  }

  @Override
  protected void startStore() throws Exception {
    emulator().open();
  }

  @Test
  void neighboursGoToDifferentPartsOfTheTable() throws Exception {
    Views views = freshViews();
    try (ViewStore store = views.open();
        BigtableClients clients = BigtableClients.open(BigtableAddress.parse(views.uri()))) {
      store.create(SMALL);
      int n = 1_600;
      store.upsert(
          SMALL,
          LongStream.range(0, n)
              .mapToObj(i -> ViewRow.of("2026-01-01T00:00:" + (10_000 + i), 1, i))
              .toList());
      Map<Integer, Integer> perSalt = new HashMap<>();
      for (Row row :
          clients
              .data()
              .readRows(
                  Query.create(TableId.of("small__g1"))
                      .range(new SaltedKeys(SaltedKeys.DEFAULT_SALTS).all()))) {
        perSalt.merge((int) row.getKey().byteAt(0), 1, Integer::sum);
      }
      assertThat(perSalt.keySet(), hasSize(SaltedKeys.DEFAULT_SALTS));
      assertThat(perSalt.values(), everyItem(greaterThan(50)));
      assertThat(perSalt.values(), everyItem(lessThan(200)));
    }
  }

  @Test
  void theNumberOfSaltsIsThatOfTheTableAndNotOfTheProgram() throws Exception {
    Views views = freshViews();
    try (ViewStore first = views.open();
        BigtableClients clients = BigtableClients.open(BigtableAddress.parse(views.uri()))) {
      first.create(SMALL);
      clients
          .data()
          .mutateRow(
              RowMutation.create(TableId.of("small__g1"), SaltedKeys.RECORD)
                  .setCell("m", ByteString.copyFromUtf8("salts"), 0, CellValues.number(3)));
      try (ViewStore store = views.open()) {
        store.create(SMALL);
        List<ViewRow> rows =
            LongStream.range(0, 100).mapToObj(i -> ViewRow.of("k" + (100 + i), 1, i)).toList();
        store.upsert(SMALL, rows);
        assertThat(rows(store, SMALL, true), is(rows));
        for (Row row : clients.data().readRows(Query.create(TableId.of("small__g1")).limit(100))) {
          assertThat((int) row.getKey().byteAt(0), lessThan(3));
        }
      }
    }
  }

  @Test
  void aRowHasOneVersionWithTheEvidenceAsTimestamp() throws Exception {
    Views views = freshViews();
    try (ViewStore store = views.open();
        BigtableClients clients = BigtableClients.open(BigtableAddress.parse(views.uri()))) {
      store.create(SMALL);
      for (long evidence : new long[] {2, 7, 3}) {
        store.upsert(SMALL, List.of(ViewRow.of("a", evidence, evidence)));
      }
      Row row =
          clients
              .data()
              .readRow(
                  TableId.of("small__g1"), new SaltedKeys(SaltedKeys.DEFAULT_SALTS).rowKey("a"));
      List<String> cells = new ArrayList<>();
      for (RowCell cell : row.getCells()) {
        assertThat(cell.getTimestamp(), is(7_000L));
        cells.add(cell.getFamily() + ":" + cell.getQualifier().toStringUtf8());
      }
      assertThat(cells, contains("m:fingerprint", "v:amount"));
      for (ColumnFamily family : clients.admin().getTable("small__g1").getColumnFamilies()) {
        assertThat(family.getGCRule().toProto().getMaxNumVersions(), is(1));
      }
    }
  }

  /** A writer of an older shape has more evidence: nothing of the wider row may stay. */
  @Test
  void aNarrowerRowWithMoreEvidenceLeavesNothingOfTheWiderOne() throws Exception {
    Views views = freshViews();
    ViewSchema wider =
        ViewSchema.named("small", "id")
            .column("amount", ColumnType.LONG)
            .column("reason", ColumnType.TEXT)
            .build();
    try (ViewStore store = views.open()) {
      store.create(wider);
      store.upsert(wider, List.of(ViewRow.of("a", 1, 1L, "because")));
      store.upsert(SMALL, List.of(ViewRow.of("a", 2, 2L)));
      assertThat(rows(store, wider, true), contains(ViewRow.of("a", 2, 2L, null)));
    }
  }

  @Test
  void rangesOfALargerTableAreCutBySamples() throws Exception {
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      int n = 4_000;
      List<ViewRow> rows =
          LongStream.range(0, n).mapToObj(i -> ViewRow.of("k" + (10_000 + i), 1, i)).toList();
      store.upsert(SMALL, rows);
      List<KeyRange> ranges = store.ranges(SMALL, 4);
      assertThat(ranges, hasSize(4));
      List<ViewRow> all = new ArrayList<>();
      for (KeyRange range : ranges) {
        int before = all.size();
        store.scan(SMALL, range, true, all::add);
        assertThat(all.size() - before, greaterThan(n / 8));
      }
      assertThat(all, is(rows));
    }
  }

  @Test
  void aKeyThatIsTooLongIsOneClearLine() {
    Views views = freshViews();
    try (ViewStore store = views.open()) {
      store.create(SMALL);
      store.upsert(SMALL, List.of(ViewRow.of("x".repeat(4_095), 1, 1L)));
      KappaException e =
          assertThrows(
              KappaException.class,
              () -> store.upsert(SMALL, List.of(ViewRow.of("x".repeat(4_096), 1, 1L))));
      assertThat(e.getMessage(), containsString("4096 bytes is too long"));
      assertThat(store.count(SMALL), is(1L));
    }
  }

  @Test
  void anUnreachableServerIsOneClearLine() {
    try (ViewStore store =
        Views.at("bigtable://test-project/instance-0?emulator=localhost:1", 1).open()) {
      KappaException e = assertThrows(KappaException.class, () -> store.create(SMALL));
      assertThat(e.getMessage(), containsString("does not answer"));
      assertThat(e.getMessage().lines().count(), is(1L));
    }
  }
}
