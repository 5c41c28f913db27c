package org.kappabeam.transforms.view;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows to a view, gathering batches into transactions of a few thousand rows that end with
 * the bundle at the latest. Rows may come in any order and any number of times.
 *
 * <p>A store that is away for a while loses nothing: the write is tried again, on a new connection,
 * with growing pauses for two minutes; after that the bundle fails, and the runner's own retry
 * begins.
 *
 * <p>Metric {@code rows_written} in the namespace of the view's name: the rows that came in and
 * whose transaction is committed.
 *
 * <p>A store with a {@linkplain ViewConnector#sink transform of its own} does all that in its own
 * way. The output is what it refuses for good, as rows of the view {@code dead_letters}; of other
 * stores it is an empty list, since what they refuse is a mistake in the program.
 */
@AutoValue
public abstract class WriteView
    extends PTransform<PCollection<Batch<ViewRow>>, PCollectionList<Batch<ViewRow>>> {
  /** Rows in one transaction. */
  static final int MAX_ROWS = 2_000;

  /** Characters and bytes in one transaction, so that large values do not fill the memory. */
  static final long MAX_WEIGHT = 8L << 20;

  abstract Views views();

  abstract ViewSchema schema();

  public static WriteView of(Views views, ViewSchema schema) {
    return new AutoValue_WriteView(views, schema);
  }

  @Override
  public PCollectionList<Batch<ViewRow>> expand(PCollection<Batch<ViewRow>> batches) {
    var sink = views().sink(schema());
    if (sink.isPresent()) {
      return PCollectionList.of(batches.apply("Upsert", sink.get()));
    }
    batches.apply("Upsert", ParDo.of(new UpsertFn(views(), schema())));
    return PCollectionList.empty(batches.getPipeline());
  }

  static final class UpsertFn extends DoFn<Batch<ViewRow>, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(WriteView.class);

    private static final FluentBackoff PATIENCE =
        FluentBackoff.DEFAULT
            .withInitialBackoff(Duration.millis(200))
            .withMaxBackoff(Duration.standardSeconds(5))
            .withMaxCumulativeBackoff(Duration.standardMinutes(2));

    /** Types whose values may be large. */
    private static final Set<ColumnType> WEIGHTY =
        Set.of(ColumnType.TEXT, ColumnType.BYTES, ColumnType.TEXT_LIST, ColumnType.LONG_LIST);

    private final Views views;
    private final ViewSchema schema;
    private final int[] weighty;
    private final Counter rowsWritten;

    private transient @Nullable ViewStore store;
    private transient @Nullable List<ViewRow> pending;
    private transient long weight;

    UpsertFn(Views views, ViewSchema schema) {
      this.views = views;
      this.schema = schema;
      this.rowsWritten = Metrics.counter(schema.name(), "rows_written");
      List<Integer> columns = new ArrayList<>();
      for (int i = 0; i < schema.columns().size(); i++) {
        ColumnType type = schema.columns().get(i).type();
        if (WEIGHTY.contains(type)) {
          columns.add(i);
        }
      }
      this.weighty = columns.stream().mapToInt(Integer::intValue).toArray();
    }

    @StartBundle
    public void startBundle() {
      // What a failed bundle left behind comes again with its retry.
      pending = new ArrayList<>(MAX_ROWS);
      weight = 0;
    }

    @ProcessElement
    public void process(@Element Batch<ViewRow> batch) throws IOException, InterruptedException {
      for (ViewRow row : batch.values()) {
        pending().add(row);
        weight += weight(row);
        if (pending().size() >= MAX_ROWS || weight >= MAX_WEIGHT) {
          flush();
        }
      }
    }

    @FinishBundle
    public void finishBundle() throws IOException, InterruptedException {
      flush();
    }

    @Teardown
    public void teardown() {
      disconnect();
    }

    private void flush() throws IOException, InterruptedException {
      List<ViewRow> rows = pending();
      if (rows.isEmpty()) {
        return;
      }
      BackOff backoff = PATIENCE.backoff();
      while (!write(rows, backoff)) {
        LOG.info("Trying again to write {} rows of {}", rows.size(), schema.name());
      }
      rowsWritten.inc(rows.size());
      rows.clear();
      weight = 0;
    }

    /** Writes; or waits and returns false if it may work next time. */
    private boolean write(List<ViewRow> rows, BackOff backoff)
        throws IOException, InterruptedException {
      try {
        connect().upsert(schema, rows);
        return true;
      } catch (KappaException e) {
        disconnect();
        if (!ViewUnavailableException.isCauseOf(e)
            || !BackOffUtils.next(Sleeper.DEFAULT, backoff)) {
          throw e;
        }
        LOG.warn("{}", e.getMessage());
        return false;
      }
    }

    private ViewStore connect() {
      if (store == null) {
        ViewStore opened = views.open();
        try {
          opened.create(schema);
        } catch (KappaException e) {
          opened.close();
          throw e;
        }
        store = opened;
      }
      return store;
    }

    private void disconnect() {
      ViewStore closing = store;
      store = null;
      if (closing == null) {
        return;
      }
      try {
        closing.close();
      } catch (KappaException e) {
        // Every transaction is ended by now; what counts is the failure that led here.
        LOG.warn("{}", e.getMessage());
      }
    }

    private List<ViewRow> pending() {
      if (pending == null) {
        throw new IllegalStateException("outside a bundle");
      }
      return pending;
    }

    private long weight(ViewRow row) {
      long sum = row.key().length();
      for (int column : weighty) {
        sum += weight(row.value(column));
      }
      return sum;
    }

    private static long weight(@Nullable Object value) {
      if (value instanceof byte[] bytes) {
        return bytes.length;
      } else if (value instanceof String text) {
        return text.length();
      } else if (value instanceof List<?> list) {
        return list.stream().mapToLong(UpsertFn::weight).sum();
      }
      return value instanceof Long ? Long.BYTES : 0;
    }
  }
}
