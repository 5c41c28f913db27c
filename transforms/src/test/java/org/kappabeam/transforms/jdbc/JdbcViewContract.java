package org.kappabeam.transforms.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.view.ViewContract;
import org.kappabeam.transforms.view.Views;

/** The contract of stores whose pointer is a SQL view: people select from the view's own name. */
abstract class JdbcViewContract extends ViewContract {

  /** A connection as a person with a query tool would open it. */
  static Connection people(Views views) throws SQLException {
    return DriverManager.getConnection("jdbc:" + views.uri());
  }

  static List<String> query(Connection connection, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        found.add(result.getString(1));
      }
    }
    return found;
  }

  @Override
  protected Reader reader(Views views) throws SQLException {
    return new SqlReader(people(views));
  }

  private record SqlReader(Connection connection) implements Reader {
    @Override
    public List<String> column(ViewSchema schema, String column) throws SQLException {
      return query(
          connection,
          "SELECT \"%s\" FROM %s ORDER BY %s".formatted(column, schema.name(), schema.keyColumn()));
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
