package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.OptionalInt;

/**
 * Which generation of each view people read: a row of {@code kappa_views}. Cassandra has no view
 * whose definition could be switched, so readers look here first, then at the table it names.
 * Written by lightweight transactions, so that those who switch at once are put in order. Reading
 * is an ordinary read at the quorum that a switch is committed with: who reads after it sees it,
 * and no number of readers can stand in its way, as they would at the serial level.
 */
final class Pointer {
  static final String TABLE = "kappa_views";

  static final String CREATE =
      "CREATE TABLE IF NOT EXISTS kappa_views (name text PRIMARY KEY, generation int)";

  private final CqlSession session;
  private final String view;

  Pointer(CqlSession session, String view) {
    this.session = session;
    this.view = view;
  }

  OptionalInt get() {
    Row row =
        session
            .execute(
                SimpleStatement.newInstance(
                        "SELECT generation FROM kappa_views WHERE name = ?", view)
                    .setIdempotent(true))
            .one();
    return row == null ? OptionalInt.empty() : OptionalInt.of(row.getInt(0));
  }

  /** Points to a generation unless it points to one already. */
  void setIfAbsent(int generation) {
    Lightweight.execute(
        session,
        "INSERT INTO kappa_views (name, generation) VALUES (?, ?) IF NOT EXISTS",
        view,
        generation);
  }

  void set(int generation) {
    setIfAbsent(generation);
    Lightweight.execute(
        session,
        "UPDATE kappa_views SET generation = ? WHERE name = ? IF EXISTS",
        generation,
        view);
  }
}
