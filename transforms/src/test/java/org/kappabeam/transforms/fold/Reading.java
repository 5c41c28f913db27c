package org.kappabeam.transforms.fold;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** The event of the fold tests: a reading (makes a row), or a note (influences later rows). */
record Reading(String id, String key, long time, boolean note, long amount) {

  static final class ReadingCoder extends CompactCoder<Reading> {
    @Override
    public void write(Reading r, ByteWriter out) {
      out.writeString(r.id);
      out.writeString(r.key);
      out.writeSignedVarLong(r.time);
      out.write(r.note ? 1 : 0);
      out.writeSignedVarLong(r.amount);
    }

    @Override
    public Reading read(ByteReader in) throws IOException {
      return new Reading(
          in.readString(),
          in.readString(),
          in.readSignedVarLong(),
          in.readByte() == 1,
          in.readSignedVarLong());
    }
  }

  /** What the fold makes of a reading. */
  record Row(String id, long evidence, long near, long sum, long notes, long far, long farSum) {}

  static final class RowCoder extends CompactCoder<Row> {
    @Override
    public void write(Row row, ByteWriter out) {
      out.writeString(row.id);
      for (long v : new long[] {row.evidence, row.near, row.sum, row.notes, row.far, row.farSum}) {
        out.writeSignedVarLong(v);
      }
    }

    @Override
    public Row read(ByteReader in) throws IOException {
      return new Row(
          in.readString(),
          in.readSignedVarLong(),
          in.readSignedVarLong(),
          in.readSignedVarLong(),
          in.readSignedVarLong(),
          in.readSignedVarLong(),
          in.readSignedVarLong());
    }
  }

  /** Readings look back 30 and 100 ms; notes count from 20 to 120 ms after they happened. */
  static final class ReadingFold extends Fold<Reading, Row> {
    static final long REACH = 120;

    @Override
    public Coder<Reading> eventCoder() {
      return new ReadingCoder();
    }

    @Override
    public Coder<Row> rowCoder() {
      return new RowCoder();
    }

    @Override
    public List<Series> series() {
      return List.of(
          Series.rawRows("readings", Duration.ZERO, Duration.ofMillis(100)),
          Series.raw("notes", Duration.ofMillis(20), Duration.ofMillis(REACH)));
    }

    @Override
    public int seriesOf(Reading event) {
      return event.note ? 1 : 0;
    }

    @Override
    public String key(Reading event) {
      return event.key;
    }

    @Override
    public long time(Reading event) {
      return event.time;
    }

    @Override
    public String id(Reading event) {
      return event.id;
    }

    @Override
    public long measure(Reading event) {
      return event.amount;
    }

    @Override
    public Row row(Reading event, History h, long evidence) {
      return new Row(
          event.id,
          evidence,
          h.count(0, 30, 0),
          h.sum(0, 30, 0),
          h.sum(1, 50, 20),
          h.count(0, 100, 0),
          h.sum(0, 100, 0));
    }

    @Override
    public byte[] toMessage(Reading event) {
      return event.toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
