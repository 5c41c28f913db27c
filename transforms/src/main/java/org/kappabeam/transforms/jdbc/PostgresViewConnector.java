package org.kappabeam.transforms.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.kappabeam.transforms.view.ViewConnector;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import org.postgresql.Driver;

/**
 * Views in a PostgreSQL database: {@code postgresql://host:port/database?user=NAME}. See {@link
 * PostgresAddress} for passwords and TLS.
 */
public final class PostgresViewConnector implements ViewConnector {

  @Override
  public String scheme() {
    return "postgresql";
  }

  @Override
  public String example() {
    return "postgresql://host:5432/database?user=NAME&passwordEnv=VARIABLE";
  }

  @Override
  public void check(String uri) {
    PostgresAddress.parse(uri);
  }

  @Override
  public ViewStore open(Views views) {
    PostgresAddress address = PostgresAddress.parse(views.uri());
    Properties properties = address.properties();
    try {
      // Not through DriverManager, which does not see drivers in a runner's own class loaders.
      Connection connection = new Driver().connect(address.jdbcUrl(), properties);
      if (connection == null) {
        throw new SQLException("the driver does not know this kind of URL", "08001");
      }
      return new PostgresViewStore(views, connection);
    } catch (SQLException e) {
      throw PostgresViewStore.failure(views, "connect", e);
    }
  }
}
