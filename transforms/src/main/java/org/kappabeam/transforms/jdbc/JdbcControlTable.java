package org.kappabeam.transforms.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kappabeam.transforms.view.ControlTable;

/** The control table of a SQL database, on the connection of its store. */
final class JdbcControlTable implements ControlTable {
  private static final String TABLE = "kappa_control";
  private static final String SELECT = "SELECT name, version, document FROM " + TABLE;

  private final JdbcViewStore store;

  JdbcControlTable(JdbcViewStore store) {
    this.store = store;
  }

  static String create(JdbcViewStore.Types types, String tableOptions) {
    return "CREATE TABLE IF NOT EXISTS %s (name %s NOT NULL PRIMARY KEY, version BIGINT NOT NULL, document TEXT NOT NULL)%s"
        .formatted(TABLE, types.key(), tableOptions);
  }

  @Override
  public Optional<Document> get(String key) {
    return query(SELECT + " WHERE name = ?", key).stream().findFirst();
  }

  @Override
  public List<Document> list(String prefix) {
    // Keys are ASCII and in the order of their bytes, so these are all that begin like that.
    return query(
        SELECT + " WHERE name >= ? AND name < ? ORDER BY name",
        prefix,
        prefix + Character.toString(0x7F));
  }

  private List<Document> query(String sql, String... parameters) {
    return store.attempt(
        "read " + TABLE,
        () ->
            store.read(
                () -> {
                  List<Document> found = new ArrayList<>();
                  try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
                    bind(statement, parameters);
                    try (ResultSet result = statement.executeQuery()) {
                      while (result.next()) {
                        found.add(
                            new Document(
                                result.getString(1), result.getLong(2), result.getString(3)));
                      }
                    }
                  }
                  return found;
                }));
  }

  @Override
  public boolean put(String key, long expected, String text) {
    String sql =
        expected == ABSENT
            ? "INSERT INTO "
                + TABLE
                + " (document, name, version) VALUES (?, ?, ? + 1) ON CONFLICT DO NOTHING"
            : "UPDATE "
                + TABLE
                + " SET document = ?, version = version + 1 WHERE name = ? AND version = ?";
    return store.attempt(
        "write " + TABLE,
        () ->
            store.write(
                () -> {
                  try (PreparedStatement statement = store.connection().prepareStatement(sql)) {
                    bind(statement, text, key);
                    statement.setLong(3, expected);
                    return statement.executeUpdate() == 1;
                  }
                }));
  }

  private static void bind(PreparedStatement statement, String... texts) throws SQLException {
    for (int i = 0; i < texts.length; i++) {
      statement.setString(1 + i, texts[i]);
    }
  }
}
