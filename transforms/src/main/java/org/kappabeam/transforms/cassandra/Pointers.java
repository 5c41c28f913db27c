package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which generation of each view people read: a row of {@code kappa_views}. Cassandra has no view
 * whose definition could be switched, so readers look here first, then at the table it names.
 * Written by lightweight transactions, so that those who switch at once are put in order; all in
 * one partition, so that one transaction moves several. Reading is an ordinary read at the quorum
 * that a switch is committed with: who reads after it sees it, and no number of readers can stand
 * in its way, as they would at the serial level.
 */
final class Pointers {
  static final String TABLE = "kappa_views";

  static final String CREATE =
      "CREATE TABLE IF NOT EXISTS kappa_views"
          + " (bucket int, name text, generation int, PRIMARY KEY ((bucket), name))";

  private final CqlSession session;

  Pointers(CqlSession session) {
    this.session = session;
  }

  OptionalInt get(String view) {
    Row row = read("SELECT generation FROM kappa_views WHERE bucket = 0 AND name = ?", view).one();
    return row == null ? OptionalInt.empty() : OptionalInt.of(row.getInt(0));
  }

  private Map<String, Integer> all() {
    Map<String, Integer> all = new HashMap<>();
    for (Row row : read("SELECT name, generation FROM kappa_views WHERE bucket = 0")) {
      all.put(String.valueOf(row.getString(0)), row.getInt(1));
    }
    return all;
  }

  private ResultSet read(String query, Object... parameters) {
    return session.execute(SimpleStatement.newInstance(query, parameters).setIdempotent(true));
  }

  /** Points to a generation unless it points to one already. */
  void setIfAbsent(String view, int generation) {
    Lightweight.execute(
        session,
        "INSERT INTO kappa_views (bucket, name, generation) VALUES (0, ?, ?) IF NOT EXISTS",
        view,
        generation);
  }

  /**
   * Points all of these views to a generation.
   *
   * @return false if one points neither there nor to the expected generation; then none has moved
   */
  boolean move(List<String> views, OptionalInt expected, int generation) {
    while (true) {
      Map<String, Integer> seen = all();
      BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.LOGGED);
      for (String view : views) {
        Integer now = seen.get(view);
        if (now != null
            && now != generation
            && expected.isPresent()
            && now != expected.getAsInt()) {
          return false;
        }
        // Those that point there already too: none may leave meanwhile.
        batch.addStatement(update(view, now, generation));
      }
      // If a try that ended in a timeout has worked, the next look shows it.
      if (Lightweight.ask(session, batch.build()).result().wasApplied()) {
        return true;
      }
    }
  }

  private static SimpleStatement update(String view, @Nullable Integer from, int to) {
    return SimpleStatement.newInstance(
        "UPDATE kappa_views SET generation = ? WHERE bucket = 0 AND name = ? IF generation = ?",
        to,
        view,
        from);
  }
}
