package org.kappabeam.transforms.bigtable;

import static com.google.cloud.bigtable.admin.v2.models.GCRules.GCRULES;
import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.api.core.ApiFuture;
import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.bigtable.admin.v2.models.CreateTableRequest;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Filters.InterleaveFilter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.RowCell;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewRows;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

/** A view store in a Bigtable instance; the package says how rows are kept. */
final class BigtableViewStore implements ViewStore {
  /** The table of pointers; all in one row, so that one mutation moves several. */
  private static final TableId POINTERS = TableId.of("kappa_views");

  private static final ByteString POINTER_ROW = ByteString.copyFromUtf8("pointers");

  private static final String SALTS = "salts";

  /** Writes of one upsert that are on their way at the same time. */
  private static final int IN_FLIGHT = 256;

  /** Keys kept to cut ranges by, per range: the cuts are off by a few percent at most. */
  private static final int SAMPLES_PER_RANGE = 32;

  private final Views views;
  private final BigtableClients clients;
  private final Map<String, SaltedKeys> known = new HashMap<>();
  private final Map<ViewSchema, RowCells> cells = new HashMap<>();

  BigtableViewStore(Views views, BigtableClients clients) {
    this.views = views;
    this.clients = clients;
  }

  @Override
  public void create(ViewSchema schema) {
    attempt(
        schema,
        "create view " + schema.name(),
        () -> {
          CreateTableRequest table =
              CreateTableRequest.of(views.table(schema))
                  .addFamily(RowCells.VALUES, GCRULES.maxVersions(1))
                  .addFamily(RowCells.META, GCRULES.maxVersions(1));
          for (int salt = 1; salt < SaltedKeys.DEFAULT_SALTS; salt++) {
            table.addSplit(SaltedKeys.first(salt));
          }
          createTable(table);
          createTable(metaTable(POINTERS.getTableId()));
          record(schema);
          clients
              .data()
              .checkAndMutateRow(
                  ConditionalRowMutation.create(POINTERS, POINTER_ROW)
                      .condition(meta(schema.name()))
                      .otherwise(setMeta(Mutation.create(), schema.name(), views.generation())));
          return true;
        });
  }

  private static CreateTableRequest metaTable(String name) {
    return CreateTableRequest.of(name).addFamily(RowCells.META, GCRULES.maxVersions(1));
  }

  private void createTable(CreateTableRequest table) {
    try {
      clients.admin().createTable(table);
    } catch (AlreadyExistsException e) {
      // As it should be.
    }
  }

  /** Notes the columns of the table in it, beside those it has, and its salts if it is new. */
  private void record(ViewSchema schema) {
    Mutation columns = Mutation.create();
    Mutation all = Mutation.create();
    for (Column column : schema.columns()) {
      ByteString name = ByteString.copyFromUtf8(column.name());
      columns.setCell(RowCells.VALUES, name, 0, ByteString.EMPTY);
      all.setCell(RowCells.VALUES, name, 0, ByteString.EMPTY);
    }
    clients
        .data()
        .checkAndMutateRow(
            ConditionalRowMutation.create(table(schema), SaltedKeys.RECORD)
                .condition(meta(SALTS))
                .then(columns)
                .otherwise(setMeta(all, SALTS, SaltedKeys.DEFAULT_SALTS)));
  }

  private static Filter meta(String qualifier) {
    return FILTERS
        .chain()
        .filter(FILTERS.family().exactMatch(RowCells.META))
        .filter(FILTERS.qualifier().exactMatch(qualifier));
  }

  /** In place: the cell has always the same timestamp, so the last write stays. */
  private static Mutation setMeta(Mutation mutation, String qualifier, long value) {
    return mutation.setCell(
        RowCells.META, ByteString.copyFromUtf8(qualifier), 0, CellValues.number(value));
  }

  private OptionalLong number(TableId table, ByteString row, String qualifier) {
    Row found = clients.data().readRow(table, row);
    if (found == null) {
      return OptionalLong.empty();
    }
    List<RowCell> stored = found.getCells(RowCells.META, qualifier);
    return stored.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(CellValues.number(stored.get(0).getValue()));
  }

  @Override
  public boolean activate(List<ViewSchema> schemas, OptionalInt expected) {
    return attempt(
        "table " + POINTERS.getTableId(),
        "activate generation " + views.generation(),
        () -> {
          Mutation move = Mutation.create();
          InterleaveFilter elsewhere = FILTERS.interleave().filter(FILTERS.block());
          for (ViewSchema schema : schemas) {
            requireTable(schema);
            setMeta(move, schema.name(), views.generation());
            expected.ifPresent(generation -> elsewhere.filter(pointsElsewhere(schema, generation)));
          }
          return !clients
              .data()
              .checkAndMutateRow(
                  ConditionalRowMutation.create(POINTERS, POINTER_ROW)
                      .condition(elsewhere)
                      .otherwise(move));
        });
  }

  private void requireTable(ViewSchema schema) {
    // It may have been dropped since this store looked.
    known.remove(schema.name());
    attempt(schema, "look up view " + schema.name(), () -> keys(schema));
  }

  /** Lets a pointer through that shows neither this generation nor the expected one. */
  private Filter pointsElsewhere(ViewSchema schema, int expected) {
    ByteString lower = CellValues.number(Math.min(expected, views.generation()));
    ByteString higher = CellValues.number(Math.max(expected, views.generation()));
    InterleaveFilter others =
        FILTERS
            .interleave()
            .filter(FILTERS.value().range().endOpen(lower))
            .filter(FILTERS.value().range().startOpen(higher));
    if (expected != views.generation()) {
      others.filter(FILTERS.value().range().startOpen(lower).endOpen(higher));
    }
    return FILTERS.chain().filter(meta(schema.name())).filter(others);
  }

  @Override
  public SortedSet<Integer> generations(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> Views.generations(schema, clients.admin().listTables()));
  }

  @Override
  public Optional<ViewSchema> stored(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> {
          try {
            return Optional.ofNullable(clients.data().readRow(table(schema), SaltedKeys.RECORD))
                .map(
                    record ->
                        schema.only(
                            record.getCells(RowCells.VALUES).stream()
                                .map(cell -> cell.getQualifier().toStringUtf8())
                                .collect(Collectors.toSet())));
          } catch (NotFoundException e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public void drop(ViewSchema schema) {
    OptionalInt active = activeGeneration(schema);
    if (active.isPresent() && active.getAsInt() == views.generation()) {
      throw new KappaException(
          "generation %d of view %s in %s is the one people read"
              .formatted(views.generation(), schema.name(), views.uri()),
          "activate another one first");
    }
    attempt(
        schema,
        "drop view " + schema.name(),
        () -> {
          try {
            clients.admin().deleteTable(views.table(schema));
          } catch (NotFoundException e) {
            // As it should be.
          }
          known.remove(schema.name());
          return true;
        });
  }

  @Override
  public ControlTable control() {
    return attempt(
        "table " + BigtableControlTable.TABLE,
        "create the control table",
        () -> {
          createTable(metaTable(BigtableControlTable.TABLE));
          return new BigtableControlTable(this, clients.data());
        });
  }

  @Override
  public OptionalInt activeGeneration(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> {
          try {
            OptionalLong active = number(POINTERS, POINTER_ROW, schema.name());
            return active.isPresent()
                ? OptionalInt.of(Math.toIntExact(active.getAsLong()))
                : OptionalInt.empty();
          } catch (NotFoundException e) {
            // Nobody has created a view here yet.
            return OptionalInt.empty();
          }
        });
  }

  @Override
  public void upsert(ViewSchema schema, List<ViewRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    attempt(
        schema,
        "write view " + schema.name(),
        () -> {
          SaltedKeys keys = keys(schema);
          RowCells rowCells = cells(schema);
          // All are made before the first is sent: a row that does not fit refuses the rest.
          List<ConditionalRowMutation> mutations = new ArrayList<>(rows.size());
          for (ViewRow row : ViewRows.winners(rows)) {
            mutations.add(rowCells.upsert(table(schema), keys.rowKey(row.key()), row));
          }
          Deque<ApiFuture<Boolean>> onTheirWay = new ArrayDeque<>();
          for (ConditionalRowMutation mutation : mutations) {
            if (onTheirWay.size() == IN_FLIGHT) {
              await(onTheirWay.remove());
            }
            onTheirWay.add(clients.data().checkAndMutateRowAsync(mutation));
          }
          while (!onTheirWay.isEmpty()) {
            await(onTheirWay.remove());
          }
          return true;
        });
  }

  private static void await(ApiFuture<Boolean> write) {
    try {
      write.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KappaException("interrupted while writing to Bigtable", "run it again", e);
    }
  }

  @Override
  public void scan(
      ViewSchema schema, KeyRange range, boolean includeWithdrawn, Consumer<ViewRow> consumer) {
    attempt(
        schema,
        "read view " + schema.name(),
        () -> {
          SaltedKeys keys = keys(schema);
          RowCells rowCells = cells(schema);
          try (SaltedScan scan =
              new SaltedScan(clients.data(), table(schema), keys, range, 0, keys.salts(), null)) {
            while (scan.hasNext()) {
              ViewRow row = rowCells.row(scan.next());
              if (includeWithdrawn || !row.withdrawn()) {
                consumer.accept(row);
              }
            }
          }
          return true;
        });
  }

  @Override
  public long count(ViewSchema schema) {
    return attempt(
        schema,
        "count view " + schema.name(),
        () -> {
          Query query =
              Query.create(table(schema)).range(keys(schema).all()).filter(RowCells.marks());
          long count = 0;
          for (Row row : clients.data().readRows(query)) {
            if (!RowCells.isWithdrawn(row)) {
              count++;
            }
          }
          return count;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>The keys of one salt are a random sample of all, so reading those, without values, is enough
   * to cut by; in a small table, all keys are read.
   */
  @Override
  public List<KeyRange> ranges(ViewSchema schema, int n) {
    return attempt(
        schema,
        "read view " + schema.name(),
        () -> {
          SaltedKeys keys = keys(schema);
          int limit = Math.multiplyExact(SAMPLES_PER_RANGE, n);
          KeySample sample = sample(schema, keys, 1, limit);
          return (sample.seen() < limit ? sample(schema, keys, keys.salts(), limit) : sample)
              .ranges(n);
        });
  }

  private KeySample sample(ViewSchema schema, SaltedKeys keys, int salts, int limit) {
    KeySample sample = new KeySample(Math.max(2, limit));
    try (SaltedScan scan =
        new SaltedScan(
            clients.data(), table(schema), keys, KeyRange.all(), 0, salts, RowCells.marks())) {
      while (scan.hasNext()) {
        sample.add(SaltedKeys.key(scan.next().getKey()));
      }
    }
    return sample;
  }

  private TableId table(ViewSchema schema) {
    return TableId.of(views.table(schema));
  }

  private RowCells cells(ViewSchema schema) {
    return cells.computeIfAbsent(schema, RowCells::new);
  }

  /** The salts of the view's table, as recorded in it. */
  private SaltedKeys keys(ViewSchema schema) {
    SaltedKeys keys = known.get(schema.name());
    if (keys == null) {
      OptionalLong salts = number(table(schema), SaltedKeys.RECORD, SALTS);
      if (salts.isEmpty() || salts.getAsLong() < 1 || salts.getAsLong() > SaltedKeys.MAX_SALTS) {
        throw new KappaException(
            "table " + views.table(schema) + " does not say how its keys are salted",
            "it is not ours, or its creation was interrupted: create it again");
      }
      keys = new SaltedKeys((int) salts.getAsLong());
      known.put(schema.name(), keys);
    }
    return keys;
  }

  @Override
  public void close() {
    clients.close();
  }

  private <T> T attempt(ViewSchema schema, String attempt, Supplier<T> work) {
    return attempt(generation(schema), attempt, work);
  }

  /**
   * Turns failures into a line for people.
   *
   * @param about what is missing if the service does not find something
   */
  <T> T attempt(String about, String attempt, Supplier<T> work) {
    try {
      return work.get();
    } catch (ApiException e) {
      throw failure(about, attempt, e);
    }
  }

  private String generation(ViewSchema schema) {
    return "generation " + views.generation() + " of view " + schema.name();
  }

  private KappaException failure(String about, String attempt, ApiException e) {
    String what = "cannot " + attempt + " in " + views.uri();
    return switch (e.getStatusCode().getCode()) {
      case NOT_FOUND ->
          new KappaException(
              views.uri() + " has no " + about,
              "run the job that writes it, or name another generation or instance",
              e);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new KappaException(
              what + ", the service refuses access",
              "grant roles/bigtable.user, and roles/bigtable.admin to create tables",
              e);
      case UNAVAILABLE,
          DEADLINE_EXCEEDED,
          ABORTED,
          CANCELLED,
          INTERNAL,
          UNKNOWN,
          RESOURCE_EXHAUSTED ->
          new KappaException(
              what + ", the service does not answer",
              "see that it, or the emulator, can be reached",
              new ViewUnavailableException(e));
      default ->
          new KappaException(
              what + ", the service says " + name(e),
              String.valueOf(e.getMessage()).lines().findFirst().orElse("see the cause"),
              e);
    };
  }

  private static String name(ApiException e) {
    return e.getStatusCode().getCode().name().toLowerCase(Locale.ROOT);
  }
}
