package org.kappabeam.transforms.cassandra;

import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/**
 * Views in a keyspace of an Apache Cassandra cluster: {@code cassandra://host:9042/keyspace}. The
 * keyspace exists already: its replication is the operator's decision. See {@link CassandraAddress}
 * for the parameters.
 */
public final class CassandraViewConnector implements ViewConnector {

  @Override
  public String scheme() {
    return "cassandra";
  }

  @Override
  public String example() {
    return "cassandra://host:9042/keyspace?user=NAME&passwordEnv=VARIABLE";
  }

  @Override
  public void check(String uri) {
    CassandraAddress.parse(uri);
  }

  @Override
  public ViewStore open(Views views) {
    CassandraAddress address = CassandraAddress.parse(views.uri());
    return new CassandraViewStore(views, address, SharedSession.open(address));
  }
}
