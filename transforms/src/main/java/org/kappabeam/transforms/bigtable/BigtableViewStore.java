package org.kappabeam.transforms.bigtable;

import static com.google.cloud.bigtable.admin.v2.models.GCRules.GCRULES;
import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.api.core.ApiFuture;
import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.bigtable.admin.v2.models.CreateTableRequest;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
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
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewRows;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

/** A view store in a Bigtable instance; the package says how rows are kept. */
final class BigtableViewStore implements ViewStore {
  /** The table of pointers, a row per view. */
  private static final String POINTERS = "kappa_views";

  private static final String GENERATION = "generation";
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
          createTable(
              CreateTableRequest.of(POINTERS).addFamily(RowCells.META, GCRULES.maxVersions(1)));
          setIfAbsent(
              TableId.of(views.table(schema)), SaltedKeys.RECORD, SALTS, SaltedKeys.DEFAULT_SALTS);
          setIfAbsent(pointers(), pointer(schema), GENERATION, views.generation());
          return true;
        });
  }

  private void createTable(CreateTableRequest table) {
    try {
      clients.admin().createTable(table);
    } catch (AlreadyExistsException e) {
      // As it should be.
    }
  }

  private void setIfAbsent(TableId table, ByteString row, String qualifier, long value) {
    clients
        .data()
        .checkAndMutateRow(
            ConditionalRowMutation.create(table, row)
                .condition(FILTERS.qualifier().exactMatch(qualifier))
                .otherwise(
                    Mutation.create()
                        .setCell(
                            RowCells.META,
                            ByteString.copyFromUtf8(qualifier),
                            0,
                            CellValues.number(value))));
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

  private static TableId pointers() {
    return TableId.of(POINTERS);
  }

  private static ByteString pointer(ViewSchema schema) {
    return ByteString.copyFromUtf8(schema.name());
  }

  @Override
  public boolean activate(List<ViewSchema> schemas, OptionalInt expected) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public java.util.SortedSet<Integer> generations(ViewSchema schema) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public java.util.Optional<ViewSchema> stored(ViewSchema schema) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public void drop(ViewSchema schema) {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public org.kappabeam.transforms.view.ControlTable control() {
    throw new UnsupportedOperationException("on its way");
  }

  @Override
  public OptionalInt activeGeneration(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> {
          try {
            OptionalLong active = number(pointers(), pointer(schema), GENERATION);
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
    try {
      return work.get();
    } catch (ApiException e) {
      throw failure(schema, attempt, e);
    }
  }

  private KappaException failure(ViewSchema schema, String attempt, ApiException e) {
    String what = "cannot " + attempt + " in " + views.uri();
    return switch (e.getStatusCode().getCode()) {
      case NOT_FOUND ->
          new KappaException(
              views.uri()
                  + " has no generation "
                  + views.generation()
                  + " of view "
                  + schema.name(),
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
