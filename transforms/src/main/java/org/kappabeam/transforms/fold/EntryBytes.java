package org.kappabeam.transforms.fold;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;

/**
 * Open events as bytes: their length, the event, where it stood in the log, the variants that lost
 * against it. One per worker thread; not thread-safe.
 */
final class EntryBytes<E> {
  private final Fold<E, ?> fold;
  private final ByteWriter body = new ByteWriter(128);

  EntryBytes(Fold<E, ?> fold) {
    this.fold = fold;
  }

  /** Appends an entry. */
  void write(Entry<E> entry, ByteWriter out) {
    body.reset();
    try {
      fold.eventCoder().encode(entry.event, body);
      body.writeVarLong(((long) entry.losers.size() << 1) | (entry.partition == null ? 0 : 1));
      if (entry.partition != null) {
        body.writeString(entry.partition);
        body.writeSignedVarLong(entry.offset);
        body.writeSignedVarLong(entry.logTime - entry.time);
      }
      for (E loser : entry.losers) {
        fold.eventCoder().encode(loser, body);
      }
    } catch (IOException e) {
      throw new IllegalStateException("an event that was decoded cannot be encoded", e);
    }
    out.writeVarLong(body.size());
    out.write(body.buffer(), 0, body.size());
  }

  /** The entry whose bytes begin at {@code place}. */
  Entry<E> read(byte[] bytes, int place) {
    int length = length(bytes, place);
    ByteReader in = new ByteReader(bytes, place, length);
    try {
      in.readVarInt();
      E event = fold.eventCoder().decode(in);
      int header = in.readVarInt();
      boolean placed = (header & 1) == 1;
      String partition = placed ? in.readString() : null;
      long offset = placed ? in.readSignedVarLong() : -1;
      long logTime = placed ? fold.time(event) + in.readSignedVarLong() : -1;
      List<E> losers = List.of();
      if (header > 1) {
        losers = new ArrayList<>(header >>> 1);
        for (int i = 0; i < header >>> 1; i++) {
          losers.add(fold.eventCoder().decode(in));
        }
      }
      return new Entry<>(fold, event, partition, offset, logTime, losers);
    } catch (IOException e) {
      throw new IllegalStateException("the state holds bytes that are no event", e);
    }
  }

  /** How many bytes an entry takes, its length in front included. */
  static int length(byte[] bytes, int place) {
    int length = 0;
    int at = place;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[at++];
      length |= (b & 0x7F) << shift;
      if (b >= 0) {
        return at - place + length;
      }
    }
  }
}
