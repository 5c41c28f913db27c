package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.view.ViewRow;

/** Writes rows of one table, so many at a time. */
final class Upserts {
  private final CqlSession session;
  private final CassandraTable table;
  private final int inFlight;
  private final PreparedStatement insert;

  Upserts(CqlSession session, CassandraTable table, int inFlight) {
    this.session = session;
    this.table = table;
    this.inFlight = inFlight;
    this.insert = session.prepare(table.insert());
  }

  /** Writes all rows, or throws the first failure when none is under way any more. */
  void write(List<ViewRow> rows) {
    // All of them fit, or none is written.
    List<ByteBuffer> cells = new ArrayList<>(rows.size());
    rows.forEach(row -> cells.add(table.encode(row)));
    Semaphore free = new Semaphore(inFlight);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try {
      for (int i = 0; i < cells.size() && failure.get() == null; i++) {
        free.acquire();
        session
            .executeAsync(statement(rows.get(i), cells.get(i)))
            .whenComplete(
                (done, failed) -> {
                  if (failed != null) {
                    failure.compareAndSet(null, failed);
                  }
                  free.release();
                });
      }
      free.acquire(inFlight);
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    Throwable failed = failure.get();
    if (failed instanceof RuntimeException e) {
      throw e;
    } else if (failed != null) {
      throw new IllegalStateException(failed);
    }
  }

  private BoundStatement statement(ViewRow row, ByteBuffer cell) {
    return insert
        .boundStatementBuilder()
        .setInt(0, table.bucket(row.key()))
        .setString(1, row.key())
        .setBytesUnsafe(2, cell)
        .setLong(3, row.evidence())
        .setIdempotence(true)
        .build();
  }
}
