package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewRows;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewValues;
import org.kappabeam.transforms.view.Views;

/** A view store in a Cassandra keyspace. */
final class CassandraViewStore implements ViewStore {
  /** Rows that a scan holds at a time, over all buckets; as many again are on their way. */
  private static final int ROWS_HELD = 4_096;

  private static final int MIN_PAGE = 16;

  /** Keys and flags are small. */
  private static final int PAGE_OF_SMALL_ROWS = 2_000;

  private final Views views;
  private final CassandraAddress address;
  private final SharedSession shared;
  private final CqlSession session;
  private final Definitions definitions;
  private final Pointers pointers;
  private final Set<String> made = new HashSet<>();
  private final Map<ViewSchema, CassandraTable> tables = new HashMap<>();
  private final Map<ViewSchema, Upserts> upserts = new HashMap<>();
  private boolean closed;

  CassandraViewStore(Views views, CassandraAddress address, SharedSession shared) {
    this.views = views;
    this.address = address;
    this.shared = shared;
    this.session = shared.session();
    this.definitions = new Definitions(session, address);
    this.pointers = new Pointers(session);
  }

  @Override
  public void create(ViewSchema schema) {
    attempt(
        "create view " + schema.name(),
        () -> {
          createIfMissing(Pointers.TABLE, Pointers.CREATE);
          DefinitionLock lock = new DefinitionLock(session, schema.name());
          // While somebody makes it, it is listed before it can be used.
          if (definitions.find(views, schema).isEmpty() || !lock.isFree()) {
            lock.hold(
                () -> {
                  if (definitions.find(views, schema).isEmpty()) {
                    definitions.make(views, schema);
                  }
                  return true;
                });
          }
          if (pointers.get(schema.name()).isEmpty()) {
            pointers.setIfAbsent(schema.name(), views.generation());
          }
          forget(schema);
          return true;
        });
  }

  private void createIfMissing(String table, String statement) {
    if (isMade(table)) {
      return;
    }
    // Even if it is listed: it is of use only when the statement that makes it has returned.
    definitions.ddl(DefinitionLock.CREATE);
    new DefinitionLock(session, table)
        .hold(
            () -> {
              definitions.ddl(statement);
              return true;
            });
    made.add(table);
  }

  /** Whether one of our own tables is there, and nobody is still making it. */
  private boolean isMade(String table) {
    if (!made.contains(table)
        && definitions.hasTable(table)
        && new DefinitionLock(session, table).isFree()) {
      made.add(table);
    }
    return made.contains(table);
  }

  /** The table or its type may not be what they were when this store looked. */
  private void forget(ViewSchema schema) {
    tables.keySet().removeIf(known -> known.name().equals(schema.name()));
    upserts.keySet().removeIf(known -> known.name().equals(schema.name()));
  }

  @Override
  public boolean activate(List<ViewSchema> schemas, OptionalInt expected) {
    return attempt(
        "activate generation " + views.generation(),
        () -> {
          createIfMissing(Pointers.TABLE, Pointers.CREATE);
          List<String> names = schemas.stream().map(ViewSchema::name).toList();
          // So that none of the tables is dropped meanwhile.
          return DefinitionLock.hold(
              session,
              new TreeSet<>(names),
              () -> {
                for (ViewSchema schema : schemas) {
                  if (definitions.stored(views, schema).isEmpty()) {
                    throw missing(schema);
                  }
                }
                return pointers.move(names, expected, views.generation());
              });
        });
  }

  @Override
  public SortedSet<Integer> generations(ViewSchema schema) {
    return attempt(
        "look up view " + schema.name(), () -> Views.generations(schema, definitions.tables()));
  }

  @Override
  public Optional<ViewSchema> stored(ViewSchema schema) {
    return attempt("look up view " + schema.name(), () -> definitions.stored(views, schema));
  }

  @Override
  public void drop(ViewSchema schema) {
    attempt(
        "drop view " + schema.name(),
        () -> {
          createIfMissing(Pointers.TABLE, Pointers.CREATE);
          return new DefinitionLock(session, schema.name())
              .hold(
                  () -> {
                    OptionalInt active = pointers.get(schema.name());
                    if (active.isPresent() && active.getAsInt() == views.generation()) {
                      throw new KappaException(
                          "generation %d of view %s in %s is the one people read"
                              .formatted(views.generation(), schema.name(), views.uri()),
                          "activate another one first");
                    }
                    definitions.drop(views, schema);
                    forget(schema);
                    return true;
                  });
        });
  }

  @Override
  public ControlTable control() {
    return attempt(
        "create the control table",
        () -> {
          createIfMissing(CassandraControlTable.TABLE, CassandraControlTable.CREATE);
          return new CassandraControlTable(this, session, address.serialConsistency());
        });
  }

  @Override
  public OptionalInt activeGeneration(ViewSchema schema) {
    return attempt(
        "look up view " + schema.name(),
        () -> isMade(Pointers.TABLE) ? pointers.get(schema.name()) : OptionalInt.empty());
  }

  @Override
  public void upsert(ViewSchema schema, List<ViewRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    attempt(
        "write view " + schema.name(),
        () -> {
          Upserts writer = upserts.get(schema);
          if (writer == null) {
            writer = new Upserts(session, table(schema), address.inFlight());
            upserts.put(schema, writer);
          }
          writer.write(ViewRows.winners(rows));
          return true;
        });
  }

  @Override
  public void scan(
      ViewSchema schema, KeyRange range, boolean includeWithdrawn, Consumer<ViewRow> consumer) {
    attempt(
        "read view " + schema.name(),
        () -> {
          CassandraTable table = table(schema);
          List<String> ends = new ArrayList<>();
          if (range.from() != null) {
            ends.add(range.from());
          }
          if (range.until() != null) {
            ends.add(range.until());
          }
          int page = Math.max(MIN_PAGE, ROWS_HELD / table.buckets());
          merge(buckets(table, table.scan(range), ends, page))
              .forEachRemaining(
                  row -> {
                    ViewRow read = row(schema, row);
                    if (includeWithdrawn || !read.withdrawn()) {
                      consumer.accept(read);
                    }
                  });
          return true;
        });
  }

  /** The rows of all buckets, each bucket in key order. */
  private List<BucketRows> buckets(
      CassandraTable table, String query, List<String> ends, int page) {
    PreparedStatement prepared = session.prepare(query);
    List<BucketRows> buckets = new ArrayList<>();
    for (int bucket = 0; bucket < table.buckets(); bucket++) {
      buckets.add(bucket(prepared, bucket, ends, page));
    }
    return buckets;
  }

  private BucketRows bucket(PreparedStatement query, int bucket, List<String> ends, int page) {
    BoundStatementBuilder statement =
        query.boundStatementBuilder().setInt(0, bucket).setPageSize(page).setIdempotence(true);
    for (int i = 0; i < ends.size(); i++) {
      statement = statement.setString(1 + i, ends.get(i));
    }
    return new BucketRows(session.executeAsync(statement.build()));
  }

  /** A bucket's next row. */
  private record Head(String key, Row row, BucketRows rest) {
    static @Nullable Head of(BucketRows rows) {
      if (!rows.hasNext()) {
        return null;
      }
      Row row = rows.next();
      return new Head(String.valueOf(row.getString(0)), row, rows);
    }
  }

  /** All rows in key order; the key is the first column. */
  private static Iterator<Row> merge(List<BucketRows> buckets) {
    PriorityQueue<Head> heads =
        new PriorityQueue<>((a, b) -> ViewValues.compareKeys(a.key(), b.key()));
    for (BucketRows bucket : buckets) {
      Head head = Head.of(bucket);
      if (head != null) {
        heads.add(head);
      }
    }
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !heads.isEmpty();
      }

      @Override
      public Row next() {
        Head head = heads.remove();
        Head following = Head.of(head.rest());
        if (following != null) {
          heads.add(following);
        }
        return head.row();
      }
    };
  }

  private static ViewRow row(ViewSchema schema, Row row) {
    int index = 0;
    String key = String.valueOf(row.getString(index++));
    @Nullable Object[] values = new Object[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = CellType.read(row, index++, schema.columns().get(i).type());
    }
    boolean withdrawn = row.getBoolean(index++);
    long evidence = row.getLong(index);
    return withdrawn ? ViewRow.withdrawn(key, evidence, values) : ViewRow.of(key, evidence, values);
  }

  @Override
  public long count(ViewSchema schema) {
    return attempt(
        "count view " + schema.name(),
        () -> {
          CassandraTable table = table(schema);
          long count = 0;
          for (BucketRows bucket : buckets(table, table.flags(), List.of(), PAGE_OF_SMALL_ROWS)) {
            while (bucket.hasNext()) {
              count += bucket.next().getBoolean(0) ? 0 : 1;
            }
          }
          return count;
        });
  }

  @Override
  public List<KeyRange> ranges(ViewSchema schema, int n) {
    return attempt(
        "read view " + schema.name(),
        () -> {
          CassandraTable table = table(schema);
          PreparedStatement keys = session.prepare(table.keys());
          KeySample sample = new KeySample(n);
          for (int i = 0; i < table.buckets() && !sample.isEnough(); i++) {
            BucketRows bucket = bucket(keys, i, List.of(), PAGE_OF_SMALL_ROWS);
            sample.addBucket(
                new Iterator<>() {
                  @Override
                  public boolean hasNext() {
                    return bucket.hasNext();
                  }

                  @Override
                  public String next() {
                    return String.valueOf(bucket.next().getString(0));
                  }
                });
          }
          return sample.ranges();
        });
  }

  private CassandraTable table(ViewSchema schema) {
    CassandraTable table = tables.get(schema);
    if (table == null) {
      table = definitions.find(views, schema).orElseThrow(() -> missing(schema));
      tables.put(schema, table);
    }
    return table;
  }

  private KappaException missing(ViewSchema schema) {
    return new KappaException(
        "cannot use view %s in %s, there is no generation %d of it with these columns"
            .formatted(schema.name(), views.uri(), views.generation()),
        "run the job that writes it first, or name another generation");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      shared.close();
    }
  }

  <T> T attempt(String attempt, Supplier<T> work) {
    try {
      return work.get();
    } catch (DriverException e) {
      throw CassandraFailures.of(views.uri(), attempt, e);
    }
  }
}
