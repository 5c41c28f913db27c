package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Lightweight transactions that may be repeated. When many meet on one row, some end in a timeout
 * and nobody knows yet whether they worked; they are tried again after a pause.
 */
final class Lightweight {
  private static final int TRIES = 8;
  private static final int MAX_PAUSE_MILLIS = 500;

  private Lightweight() {}

  /**
   * What the server said.
   *
   * @param repeated whether earlier tries ended without an answer, and may have worked
   */
  record Answer(ResultSet result, boolean repeated) {}

  /** Runs a conditional statement whose repetition does no harm. */
  static ResultSet execute(CqlSession session, String statement, Object... parameters) {
    return ask(session, SimpleStatement.newInstance(statement, parameters)).result();
  }

  static Answer ask(CqlSession session, Statement<?> statement) {
    for (int tried = 1; ; tried++) {
      try {
        return new Answer(session.execute(statement), tried > 1);
      } catch (QueryExecutionException | DriverTimeoutException | ClosedConnectionException e) {
        pause(e, tried);
      }
    }
  }

  private static void pause(DriverException e, int tried) {
    if (tried == TRIES) {
      throw e;
    }
    try {
      // Of different length, so that those who met once do not meet again.
      Thread.sleep(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS));
    } catch (InterruptedException interrupted) {
      throw Await.interrupted(interrupted);
    }
  }
}
