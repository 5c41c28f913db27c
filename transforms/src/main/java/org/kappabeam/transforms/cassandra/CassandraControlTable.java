package org.kappabeam.transforms.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ViewUnavailableException;

/**
 * The control table of a keyspace. Texts whose keys have the first part in common share a
 * partition, so that they can be listed; lightweight transactions of one partition queue. Each
 * change names who made it, so that a client whose transaction ended in a timeout can tell its own
 * from somebody else's.
 */
final class CassandraControlTable implements ControlTable {
  static final String TABLE = "kappa_control";

  static final String CREATE =
      "CREATE TABLE IF NOT EXISTS kappa_control (part text, name text, version bigint,"
          + " document text, writer uuid, PRIMARY KEY ((part), name))";

  private static final String SELECT = "SELECT name, version, document, writer FROM kappa_control";

  private final CassandraViewStore store;
  private final CqlSession session;
  private final ConsistencyLevel serial;

  CassandraControlTable(CassandraViewStore store, CqlSession session, ConsistencyLevel serial) {
    this.store = store;
    this.session = session;
    this.serial = serial;
  }

  @Override
  public Optional<Document> get(String key) {
    return store.attempt(
        "read " + TABLE, () -> Optional.ofNullable(row(key)).map(CassandraControlTable::document));
  }

  /** At the serial level: who looks after a timeout must not see what is about to change. */
  private @Nullable Row row(String key) {
    return Lightweight.ask(
            session,
            SimpleStatement.newInstance(SELECT + " WHERE part = ? AND name = ?", part(key), key)
                .setConsistencyLevel(serial))
        .result()
        .one();
  }

  @Override
  public List<Document> list(String prefix) {
    return store.attempt(
        "read " + TABLE,
        () -> {
          List<Document> found = new ArrayList<>();
          for (Row row : session.execute(query(prefix).setIdempotent(true))) {
            Document document = document(row);
            if (document.key().startsWith(prefix)) {
              found.add(document);
            }
          }
          found.sort(Comparator.comparing(Document::key));
          return found;
        });
  }

  private static SimpleStatement query(String prefix) {
    return prefix.indexOf('/') < 0
        ? SimpleStatement.newInstance(SELECT)
        // Keys are ASCII, so these are all that begin like that.
        : SimpleStatement.newInstance(
            SELECT + " WHERE part = ? AND name >= ? AND name < ?",
            part(prefix),
            prefix,
            prefix + Character.toString(0x7F));
  }

  @Override
  public boolean put(String key, long expected, String text) {
    return store.attempt("write " + TABLE, () -> write(key, expected, text));
  }

  private boolean write(String key, long expected, String text) {
    UUID writer = UUID.randomUUID();
    SimpleStatement statement =
        expected == ABSENT
            ? SimpleStatement.newInstance(
                "INSERT INTO kappa_control (version, document, writer, part, name)"
                    + " VALUES (?, ?, ?, ?, ?) IF NOT EXISTS",
                expected + 1,
                text,
                writer,
                part(key),
                key)
            : SimpleStatement.newInstance(
                "UPDATE kappa_control SET version = ?, document = ?, writer = ?"
                    + " WHERE part = ? AND name = ? IF version = ?",
                expected + 1,
                text,
                writer,
                part(key),
                key,
                expected);
    Lightweight.Answer answer = Lightweight.ask(session, statement);
    if (answer.result().wasApplied() || !answer.repeated()) {
      return answer.result().wasApplied();
    }
    // An earlier try that ended in a timeout may have worked.
    Row now = row(key);
    if (now != null && document(now).version() > expected + 1) {
      throw new KappaException(
          "others have changed " + key + " in " + TABLE + " while the cluster did not answer",
          "look whether version " + (expected + 1) + " of it took effect",
          new ViewUnavailableException(new IllegalStateException("written, or not")));
    }
    return now != null && writer.equals(now.getUuid("writer"));
  }

  private static Document document(Row row) {
    return new Document(
        String.valueOf(row.getString("name")),
        row.getLong("version"),
        String.valueOf(row.getString("document")));
  }

  private static String part(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }
}
