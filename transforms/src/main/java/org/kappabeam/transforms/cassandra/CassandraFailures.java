package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import java.util.List;
import java.util.stream.Stream;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ViewUnavailableException;

/** Turns the driver's failures into a line for people. */
final class CassandraFailures {
  /** What passes by itself: a node or the network is away, or too busy to answer in time. */
  private static final List<Class<? extends Throwable>> TRANSIENT =
      List.of(
          AllNodesFailedException.class,
          DriverTimeoutException.class,
          QueryExecutionException.class,
          ServerError.class,
          RequestThrottlingException.class,
          ClosedConnectionException.class,
          BusyConnectionException.class,
          HeartbeatException.class);

  private CassandraFailures() {}

  static KappaException of(String uri, String attempt, Throwable e) {
    String problem = "cannot " + attempt + " in " + uri;
    if (isOrHolds(e, AuthenticationException.class)) {
      return new KappaException(
          problem + ", the server refuses user or password",
          "check user= and what passwordEnv= or passwordFile= names",
          e);
    } else if (isOrHolds(e, InvalidKeyspaceException.class)) {
      return new KappaException(
          problem + ", there is no such keyspace",
          "create it first, with the replication you want",
          e);
    } else if (isOrHolds(e, UnauthorizedException.class)) {
      return new KappaException(
          problem + ", permission denied: " + line(e),
          "grant the user CREATE, ALTER, DROP, SELECT and MODIFY on the keyspace",
          e);
    } else if (e instanceof NoNodeAvailableException) {
      return new KappaException(
          problem + ", no node is available",
          "see that the cluster runs and can be reached, and that datacenter= names one of its own",
          new ViewUnavailableException(e));
    } else if (TRANSIENT.stream().anyMatch(kind -> kind.isInstance(e))) {
      return new KappaException(
          problem + ", " + line(e),
          "see that the cluster runs and can be reached",
          new ViewUnavailableException(e));
    }
    return new KappaException(problem + ", " + line(e), "see the server's log", e);
  }

  /** Whether a failure is of a kind, or some node's part of it is. */
  private static boolean isOrHolds(Throwable e, Class<? extends Throwable> kind) {
    Stream<Throwable> all = Stream.of(e);
    if (e instanceof AllNodesFailedException each) {
      all = each.getAllErrors().values().stream().flatMap(List::stream);
    }
    return all.anyMatch(
        part ->
            kind.isInstance(part) || (part.getCause() != null && kind.isInstance(part.getCause())));
  }

  private static String line(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
