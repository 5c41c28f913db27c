package org.kappabeam.transforms.bigtable;

import com.google.api.gax.rpc.ServerStream;
import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.view.KeyRange;

/**
 * The rows of a key range in key order: the salts' parts, each in order, merged. Of each part only
 * what the connection has in flight is in memory.
 */
final class SaltedScan implements Iterator<Row>, AutoCloseable {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  private final List<ServerStream<Row>> streams = new ArrayList<>();
  private final PriorityQueue<Part> parts = new PriorityQueue<>();

  /** What is left of a salt's part: its next row, and those behind. */
  private static final class Part implements Comparable<Part> {
    final Iterator<Row> rest;
    Row next;
    ByteString key;

    Part(Iterator<Row> rows) {
      this.rest = rows;
      this.next = rows.next();
      this.key = next.getKey().substring(1);
    }

    boolean advance() {
      if (!rest.hasNext()) {
        return false;
      }
      next = rest.next();
      key = next.getKey().substring(1);
      return true;
    }

    @Override
    public int compareTo(Part other) {
      return BYTES.compare(key, other.key);
    }
  }

  SaltedScan(
      BigtableDataClient client,
      TableId table,
      SaltedKeys keys,
      KeyRange range,
      int fromSalt,
      int untilSalt,
      @Nullable Filter filter) {
    try {
      for (int salt = fromSalt; salt < untilSalt; salt++) {
        Query query = Query.create(table).range(keys.range(salt, range));
        if (filter != null) {
          query.filter(filter);
        }
        // All begin before the first is waited for.
        streams.add(client.readRows(query));
      }
      for (ServerStream<Row> stream : streams) {
        Iterator<Row> rows = stream.iterator();
        if (rows.hasNext()) {
          parts.add(new Part(rows));
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    return !parts.isEmpty();
  }

  @Override
  public Row next() {
    Part first = parts.poll();
    if (first == null) {
      throw new NoSuchElementException();
    }
    Row row = first.next;
    if (first.advance()) {
      parts.add(first);
    }
    return row;
  }

  /** Ends what was not read to its end. */
  @Override
  public void close() {
    streams.forEach(ServerStream::cancel);
  }
}
