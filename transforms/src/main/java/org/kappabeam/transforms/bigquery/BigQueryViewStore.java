package org.kappabeam.transforms.bigquery;

import com.google.api.client.http.HttpResponseException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import com.google.api.services.bigquery.model.ViewDefinition;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.kappabeam.transforms.view.Views;

/** A view store in a dataset of BigQuery; the package says how rows are kept. */
final class BigQueryViewStore implements ViewStore {
  private static final String VIEW_LABEL = "kappa_view";
  private static final String GENERATION_LABEL = "kappa_generation";

  private final Views views;
  private final BigQueryAddress address;
  private final BigQueryAccess access;
  private final BigQueryTables tables;
  private final Map<ViewSchema, Changes> changes = new HashMap<>();
  private @Nullable WriteStreamService streams;

  BigQueryViewStore(Views views, BigQueryAddress address, BigQueryAccess access) {
    this.views = views;
    this.address = address;
    this.access = access;
    this.tables = access.tables();
  }

  @Override
  public void create(ViewSchema schema) {
    attempt(
        schema,
        "create view " + schema.name(),
        () -> {
          if (!tables.create(definition(schema))) {
            widen(schema);
          }
          Table pointer = tables.get(address.table(schema.name()));
          if (pointer == null) {
            // Another may be quicker; then it is there as well.
            tables.create(pointer(schema).setTableReference(address.table(schema.name())));
          } else if (generation(pointer).equals(OptionalInt.of(views.generation()))) {
            refresh(schema);
          }
          return true;
        });
  }

  private Table definition(ViewSchema schema) {
    TableColumns columns = new TableColumns(schema);
    Table table =
        new Table()
            .setTableReference(table(schema))
            .setSchema(columns.tableSchema())
            .setTableConstraints(
                new TableConstraints()
                    .setPrimaryKey(
                        new TableConstraints.PrimaryKey().setColumns(List.of(schema.keyColumn()))))
            .setClustering(new Clustering().setFields(List.of(schema.keyColumn())))
            .setLabels(labels(schema));
    if (address.partition() != BigQueryAddress.Partition.NONE) {
      columns
          .firstTimestamp()
          .ifPresent(
              column ->
                  table.setTimePartitioning(
                      new TimePartitioning().setType(address.partition().name()).setField(column)));
    }
    return table;
  }

  /** Adds the columns that an older table lacks; those that only it has stay. */
  private void widen(ViewSchema schema) throws IOException {
    while (true) {
      Table table = existing(schema);
      List<TableFieldSchema> fields = new ArrayList<>(table.getSchema().getFields());
      Map<String, TableFieldSchema> known =
          fields.stream().collect(Collectors.toMap(TableFieldSchema::getName, field -> field));
      for (TableFieldSchema field : new TableColumns(schema).tableSchema().getFields()) {
        if (!known.containsKey(field.getName())) {
          fields.add(field);
        }
      }
      if (fields.size() == known.size()
          || tables.update(
              table(schema),
              table.getEtag(),
              new Table().setSchema(new TableSchema().setFields(fields)))) {
        return;
      }
    }
  }

  /** Lets the pointer show columns that its table has got since. */
  private void refresh(ViewSchema schema) throws IOException {
    Table pointer = tables.get(address.table(schema.name()));
    while (pointer != null
        && generation(pointer).equals(OptionalInt.of(views.generation()))
        && !move(schema, pointer)) {
      pointer = tables.get(address.table(schema.name()));
    }
  }

  /** The logical view that shows this generation, with the columns that its table has. */
  private Table pointer(ViewSchema schema) throws IOException {
    String columns =
        existing(schema).getSchema().getFields().stream()
            .map(TableFieldSchema::getName)
            .filter(name -> !TableColumns.isBookkeeping(name))
            .collect(Collectors.joining("`, `", "`", "`"));
    return new Table()
        .setView(
            new ViewDefinition()
                .setQuery(
                    "SELECT "
                        + columns
                        + " FROM "
                        + RestTables.name(table(schema))
                        + " WHERE NOT "
                        + TableColumns.WITHDRAWN)
                .setUseLegacySql(false))
        .setLabels(labels(schema));
  }

  private Map<String, String> labels(ViewSchema schema) {
    return Map.of(
        VIEW_LABEL, schema.name(), GENERATION_LABEL, Integer.toString(views.generation()));
  }

  private static OptionalInt generation(Table pointer) {
    String label = pointer.getLabels() == null ? null : pointer.getLabels().get(GENERATION_LABEL);
    if (label == null) {
      throw new KappaException(
          pointer.getTableReference().getTableId() + " in BigQuery is not a view of ours",
          "rename it, or name another dataset");
    }
    return OptionalInt.of(Integer.parseInt(label));
  }

  /** Whether the pointer shows this generation as it is now. */
  private boolean move(ViewSchema schema, Table pointer) throws IOException {
    Table wanted = pointer(schema);
    return (wanted.getLabels().equals(pointer.getLabels())
            && wanted.getView().getQuery().equals(pointer.getView().getQuery()))
        || tables.update(address.table(schema.name()), pointer.getEtag(), wanted);
  }

  @Override
  public boolean activate(List<ViewSchema> schemas, OptionalInt expected) {
    for (ViewSchema schema : schemas) {
      attempt(schema, "activate view " + schema.name(), () -> existing(schema));
    }
    while (true) {
      Map<ViewSchema, Table> pointers = new HashMap<>();
      for (ViewSchema schema : schemas) {
        Table pointer =
            attempt(schema, "activate view " + schema.name(), () -> createdPointer(schema));
        int active = generation(pointer).getAsInt();
        if (expected.isPresent() && active != expected.getAsInt() && active != views.generation()) {
          return false;
        }
        pointers.put(schema, pointer);
      }
      boolean moved = true;
      for (ViewSchema schema : schemas) {
        Table pointer = pointers.get(schema);
        moved &= attempt(schema, "activate view " + schema.name(), () -> move(schema, pointer));
      }
      if (moved) {
        return true;
      }
      // Somebody else has changed one of them since it was read: look again.
    }
  }

  private Table createdPointer(ViewSchema schema) throws IOException {
    TableReference reference = address.table(schema.name());
    Table pointer = tables.get(reference);
    if (pointer == null) {
      tables.create(pointer(schema).setTableReference(reference));
      pointer = tables.get(reference);
    }
    if (pointer == null) {
      throw new IOException("view " + schema.name() + " vanishes while it is activated");
    }
    return pointer;
  }

  @Override
  public OptionalInt activeGeneration(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> {
          Table pointer = tables.get(address.table(schema.name()));
          return pointer == null ? OptionalInt.empty() : generation(pointer);
        });
  }

  @Override
  public SortedSet<Integer> generations(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () -> Views.generations(schema, tables.names(address.project(), address.dataset())));
  }

  @Override
  public Optional<ViewSchema> stored(ViewSchema schema) {
    return attempt(
        schema,
        "look up view " + schema.name(),
        () ->
            Optional.ofNullable(tables.get(table(schema)))
                .map(
                    table ->
                        schema.only(
                            table.getSchema().getFields().stream()
                                .map(TableFieldSchema::getName)
                                .collect(Collectors.toSet()))));
  }

  @Override
  public void drop(ViewSchema schema) {
    attempt(
        schema,
        "drop view " + schema.name(),
        () -> {
          Table pointer = tables.get(address.table(schema.name()));
          if (pointer != null && generation(pointer).equals(OptionalInt.of(views.generation()))) {
            throw new KappaException(
                "generation %d of view %s in %s is the one people read"
                    .formatted(views.generation(), schema.name(), views.uri()),
                "activate another one first");
          }
          tables.delete(table(schema));
          return true;
        });
  }

  @Override
  public ControlTable control() {
    throw new KappaException(
        "the replay lifecycle is not kept in BigQuery yet: it needs texts that change by"
            + " compare-and-set",
        "keep the views of a replay in another store");
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
          Changes rowsOfView = changes.computeIfAbsent(schema, Changes::new);
          // All are made before the first is sent: a row that does not fit refuses the rest.
          List<ProtoRows> requests = rowsOfView.requests(rows);
          if (streams == null) {
            streams = access.streams();
          }
          rowsOfView.append(streams, table(schema), requests);
          return true;
        });
  }

  @Override
  public void scan(
      ViewSchema schema, KeyRange range, boolean includeWithdrawn, Consumer<ViewRow> consumer) {
    attempt(
        schema,
        "read view " + schema.name(),
        () -> {
          TableColumns columns = new TableColumns(schema);
          tables.select(
              table(schema),
              columns.selected(),
              range,
              includeWithdrawn,
              cells -> consumer.accept(columns.row(cells)));
          return true;
        });
  }

  @Override
  public long count(ViewSchema schema) {
    return attempt(schema, "count view " + schema.name(), () -> tables.count(table(schema)));
  }

  @Override
  public List<KeyRange> ranges(ViewSchema schema, int n) {
    return attempt(
        schema,
        "read view " + schema.name(),
        () -> {
          List<String> cuts =
              n == 1 ? List.of() : tables.quantiles(table(schema), schema.keyColumn(), n);
          List<KeyRange> ranges = new ArrayList<>();
          @Nullable String from = null;
          for (int i = 1; i < cuts.size() - 1; i++) {
            // Those of a small table repeat, and its first key cuts nothing off.
            if (!cuts.get(i).equals(cuts.get(i - 1))) {
              ranges.add(KeyRange.of(from, cuts.get(i)));
              from = cuts.get(i);
            }
          }
          ranges.add(KeyRange.of(from, null));
          return ranges;
        });
  }

  private TableReference table(ViewSchema schema) {
    return address.table(views.table(schema));
  }

  private Table existing(ViewSchema schema) throws IOException {
    Table table = tables.get(table(schema));
    if (table == null) {
      throw noGeneration(schema, null);
    }
    return table;
  }

  @Override
  public void close() {
    WriteStreamService closing = streams;
    streams = null;
    if (closing == null) {
      return;
    }
    try {
      closing.close();
    } catch (Exception e) {
      throw new KappaException(
          "cannot close the connection to " + views.uri(), "all rows are written; see why", e);
    }
  }

  /** Something that talks to the service. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> T attempt(ViewSchema schema, String attempt, Work<T> work) {
    try {
      return work.run();
    } catch (IOException | ApiException e) {
      throw failure(schema, "cannot " + attempt + " in " + views.uri(), e);
    }
  }

  private KappaException failure(ViewSchema schema, String what, Exception e) {
    return switch (status(e)) {
      case 400, 409, 412 ->
          new KappaException(
              what + ", the service refuses it",
              String.valueOf(e.getMessage()).lines().findFirst().orElse("see the cause"),
              e);
      case 401, 403 ->
          new KappaException(
              what + ", the service refuses access",
              "grant roles/bigquery.dataEditor on the dataset and roles/bigquery.jobUser",
              e);
      case 404 -> noGeneration(schema, e);
      default ->
          new KappaException(
              what + ", the service does not answer",
              "see that it can be reached, and its quotas",
              new ViewUnavailableException(e));
    };
  }

  private KappaException noGeneration(ViewSchema schema, @Nullable Exception cause) {
    return new KappaException(
        views.uri() + " has no generation " + views.generation() + " of view " + schema.name(),
        "run the job that writes it, or name another generation or dataset",
        cause);
  }

  /** What the service answered, as HTTP knows it; 0 if it did not. */
  private static int status(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answer) {
        return answer.getStatusCode();
      } else if (cause instanceof ApiException answer) {
        return answer.getStatusCode().getCode().getHttpStatusCode();
      }
    }
    return 0;
  }
}
