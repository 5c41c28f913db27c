package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ViewUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one client at a time change a view's definition. Cassandra up to 5.0 does not order changes
 * of the schema that different nodes receive at once; two {@code CREATE TABLE IF NOT EXISTS} of one
 * name may leave two tables that exclude each other. The lock is a row agreed on by lightweight
 * transaction; that of a client that died expires.
 */
final class DefinitionLock {
  private static final String TABLE = "kappa_locks";

  static final String CREATE =
      "CREATE TABLE IF NOT EXISTS kappa_locks (name text PRIMARY KEY, owner uuid)";

  private static final Logger LOG = LoggerFactory.getLogger(DefinitionLock.class);
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final long PAUSE_MILLIS = 200;

  private final CqlSession session;
  private final String name;
  private final UUID owner = UUID.randomUUID();

  DefinitionLock(CqlSession session, String name) {
    this.session = session;
    this.name = name;
  }

  /** Does work while holding the locks of several views, which all take in the same order. */
  static <T> T hold(CqlSession session, SortedSet<String> names, Supplier<T> work) {
    if (names.isEmpty()) {
      return work.get();
    }
    SortedSet<String> rest = new TreeSet<>(names);
    String first = names.first();
    rest.remove(first);
    return new DefinitionLock(session, first).hold(() -> hold(session, rest, work));
  }

  /** Whether nobody holds the lock: what was done under it is then known to all nodes. */
  boolean isFree() {
    return session
            .execute(
                SimpleStatement.newInstance("SELECT owner FROM kappa_locks WHERE name = ?", name)
                    .setIdempotent(true))
            .one()
        == null;
  }

  /** Does work while holding the lock. */
  <T> T hold(Supplier<T> work) {
    long start = System.nanoTime();
    while (!acquire()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw busy(new IllegalStateException("somebody else has held the lock all the time"));
      }
      pause();
    }
    try {
      return work.get();
    } finally {
      release();
    }
  }

  private boolean acquire() {
    Row row =
        Lightweight.execute(
                session,
                "INSERT INTO kappa_locks (name, owner) VALUES (?, ?) IF NOT EXISTS USING TTL 120",
                name,
                owner)
            .one();
    // An earlier try that ended in a timeout may have worked.
    return row != null && (row.getBoolean("[applied]") || owner.equals(row.getUuid("owner")));
  }

  private void release() {
    try {
      Lightweight.execute(
          session, "DELETE FROM kappa_locks WHERE name = ? IF owner = ?", name, owner);
    } catch (DriverException e) {
      // What the lock was for is done, and it expires.
      LOG.warn("Cannot release the lock of view {}: {}", name, e.getMessage());
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy(e);
    }
  }

  private KappaException busy(Exception cause) {
    return new KappaException(
        "another client is changing view " + name,
        "wait for it, or delete its row from " + TABLE + " if it is gone",
        new ViewUnavailableException(cause));
  }
}
