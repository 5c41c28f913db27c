package org.kappabeam.transforms.fold;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * Encodes a key's history. Open chunks write their events, from which everything else follows;
 * settled ones write differences of times and totals; spilled ones only what the index needs.
 */
final class KeyHistoryCoder<E> extends Coder<KeyHistory<E>> {
  private final Fold<E, ?> fold;

  KeyHistoryCoder(Fold<E, ?> fold) {
    this.fold = fold;
  }

  @Override
  public void encode(KeyHistory<E> history, OutputStream stream) throws IOException {
    ByteWriter out = new ByteWriter(1024);
    for (KeyHistory.Past<E> past : history.series) {
      out.writeVarLong(past.nextId);
      out.writeVarLong(past.chunks.length);
      for (Chunk<E> chunk : past.chunks) {
        writeChunk(chunk, out);
      }
    }
    stream.write(out.buffer(), 0, out.size());
  }

  @Override
  public KeyHistory<E> decode(InputStream stream) throws IOException {
    ByteReader in = ByteReader.of(stream);
    List<Series> series = fold.series();
    List<KeyHistory.Past<E>> all = new ArrayList<>(series.size());
    for (Series one : series) {
      int nextId = in.readVarInt();
      int n = in.readVarInt();
      @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
      Chunk<E>[] chunks = new Chunk[n];
      for (int c = 0; c < n; c++) {
        chunks[c] = readChunk(one.derived(), in);
      }
      all.add(new KeyHistory.Past<>(chunks, nextId));
    }
    return new KeyHistory<>(List.copyOf(all));
  }

  private static final int OPEN = 0;
  private static final int SETTLED = 1;
  private static final int SETTLED_WEIGHTED = 2;
  private static final int SPILLED = 3;

  void writeChunk(Chunk<E> chunk, ByteWriter out) throws IOException {
    int kind =
        chunk.isOpen()
            ? OPEN
            : chunk.isSpilled() ? SPILLED : chunk.weights == null ? SETTLED : SETTLED_WEIGHTED;
    out.write(kind);
    out.writeVarLong(chunk.id);
    out.writeVarLong(chunk.size);
    out.writeVarLong(chunk.baseCount);
    out.writeSignedVarLong(chunk.baseSum);
    out.writeVarLong(chunk.baseWeight);
    if (kind == SPILLED) {
      out.writeSignedVarLong(chunk.firstTime);
      out.writeVarLong(chunk.lastTime - chunk.firstTime);
      return;
    }
    long time = 0;
    for (int i = 0; i < chunk.size; i++) {
      if (chunk.isOpen()) {
        writeEntry(chunk.entry(i), out);
      } else {
        out.writeSignedVarLong(chunk.times()[i] - time);
        time = chunk.times()[i];
        out.writeSignedVarLong(chunk.sumBefore(i + 1) - chunk.sumBefore(i));
        if (kind == SETTLED_WEIGHTED) {
          out.writeVarLong(chunk.weightBefore(i + 1) - chunk.weightBefore(i));
        }
      }
    }
  }

  Chunk<E> readChunk(boolean derived, ByteReader in) throws IOException {
    int kind = in.readByte();
    int id = in.readVarInt();
    int n = in.readVarInt();
    long baseCount = in.readVarLong();
    long baseSum = in.readSignedVarLong();
    long baseWeight = in.readVarLong();
    if (kind == SPILLED) {
      long first = in.readSignedVarLong();
      long last = first + in.readVarLong();
      return new Chunk<>(
          id, n, first, last, baseCount, baseSum, baseWeight, null, null, null, null, null);
    }
    if (kind == OPEN) {
      List<Entry<E>> entries = new ArrayList<>(n);
      for (int i = 0; i < n; i++) {
        entries.add(readEntry(in));
      }
      return Chunk.open(fold, derived, id, baseCount, baseSum, baseWeight, entries, null, 0);
    }
    long[] times = new long[n];
    long[] sums = new long[n];
    long @Nullable [] weights = kind == SETTLED_WEIGHTED ? new long[n] : null;
    long time = 0;
    long sum = baseSum;
    long weight = baseWeight;
    for (int i = 0; i < n; i++) {
      time += in.readSignedVarLong();
      sum += in.readSignedVarLong();
      times[i] = time;
      sums[i] = sum;
      if (weights != null) {
        weight += in.readVarLong();
        weights[i] = weight;
      }
    }
    return new Chunk<>(
        id,
        n,
        times[0],
        times[n - 1],
        baseCount,
        baseSum,
        baseWeight,
        times,
        sums,
        weights,
        null,
        null);
  }

  private void writeEntry(Entry<E> entry, ByteWriter out) throws IOException {
    fold.eventCoder().encode(entry.event, out);
    out.writeVarLong(((long) entry.losers.size() << 1) | (entry.partition == null ? 0 : 1));
    if (entry.partition != null) {
      out.writeString(entry.partition);
      out.writeSignedVarLong(entry.offset);
      out.writeSignedVarLong(entry.logTime - entry.time);
    }
    for (E loser : entry.losers) {
      fold.eventCoder().encode(loser, out);
    }
  }

  private Entry<E> readEntry(ByteReader in) throws IOException {
    E event = fold.eventCoder().decode(in);
    long time = fold.time(event);
    int header = in.readVarInt();
    boolean placed = (header & 1) == 1;
    String partition = placed ? in.readString() : null;
    long offset = placed ? in.readSignedVarLong() : -1;
    long logTime = placed ? time + in.readSignedVarLong() : -1;
    List<E> losers = new ArrayList<>(header >>> 1);
    for (int i = 0; i < header >>> 1; i++) {
      losers.add(fold.eventCoder().decode(in));
    }
    return new Entry<>(
        event, time, fold.id(event), partition, offset, logTime, List.copyOf(losers));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of();
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyHistoryCoder<?> that && fold.getClass() == that.fold.getClass();
  }

  @Override
  public int hashCode() {
    return fold.getClass().hashCode();
  }

  /** A chunk in a state cell of its own: always settled. */
  static final class OfChunk<E> extends CompactCoder<Chunk<E>> {
    private final KeyHistoryCoder<E> coder;

    OfChunk(Fold<E, ?> fold) {
      this.coder = new KeyHistoryCoder<>(fold);
    }

    @Override
    public void write(Chunk<E> chunk, ByteWriter out) {
      try {
        coder.writeChunk(chunk, out);
      } catch (IOException e) {
        throw new IllegalStateException("a settled chunk holds numbers only", e);
      }
    }

    @Override
    public Chunk<E> read(ByteReader in) throws IOException {
      return coder.readChunk(false, in);
    }
  }
}
