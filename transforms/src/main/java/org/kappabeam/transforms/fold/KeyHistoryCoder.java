package org.kappabeam.transforms.fold;

import java.io.IOException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * Encodes a key's history: differences of times and totals, the open events' bytes as they are; of
 * spilled chunks only what the index needs.
 */
final class KeyHistoryCoder extends CompactCoder<KeyHistory> {
  private static final int PLAIN = 0;
  private static final int WEIGHTED = 1;
  private static final int SPILLED = 2;

  private final int series;

  /**
   * @param series how many the fold has
   */
  KeyHistoryCoder(int series) {
    this.series = series;
  }

  @Override
  public void write(KeyHistory history, ByteWriter out) {
    out.writeVarLong(history.nextId);
    for (int s = 0; s < series; s++) {
      Chunk[] chunks = history.chunks(s);
      out.writeVarLong(chunks.length);
      for (Chunk chunk : chunks) {
        writeChunk(chunk, out);
      }
    }
  }

  @Override
  public KeyHistory read(ByteReader in) throws IOException {
    int nextId = in.readVarInt();
    Chunk[][] all = new Chunk[series][];
    for (int s = 0; s < series; s++) {
      all[s] = new Chunk[in.readVarInt()];
      for (int c = 0; c < all[s].length; c++) {
        all[s][c] = readChunk(in);
      }
    }
    return new KeyHistory(all, nextId, KeyHistory.ALWAYS_DUE);
  }

  private static void writeChunk(Chunk chunk, ByteWriter out) {
    int kind = chunk.isSpilled() ? SPILLED : chunk.weights == null ? PLAIN : WEIGHTED;
    out.write(kind);
    out.writeVarLong(chunk.id);
    out.writeVarLong(chunk.size());
    if (kind == SPILLED) {
      writeBase(chunk.baseCount, chunk.baseSum, chunk.baseWeight, out);
      out.writeSignedVarLong(chunk.firstTime);
      out.writeVarLong(chunk.lastTime - chunk.firstTime);
      return;
    }
    int from = chunk.from;
    writeBase(chunk.countBefore(from), chunk.sumBefore(from), chunk.weightBefore(from), out);
    out.writeVarLong(chunk.open - from);
    long time = 0;
    for (int i = from; i < chunk.to; i++) {
      out.writeSignedVarLong(chunk.time(i) - time);
      time = chunk.time(i);
      out.writeSignedVarLong(chunk.sumBefore(i + 1) - chunk.sumBefore(i));
      if (kind == WEIGHTED) {
        out.writeVarLong(chunk.weightBefore(i + 1) - chunk.weightBefore(i));
      }
    }
    for (int i = chunk.open; i < chunk.to; i++) {
      int place = chunk.place(i);
      out.write(chunk.bytes, place, EntryBytes.length(chunk.bytes, place));
    }
  }

  private static void writeBase(long count, long sum, long weight, ByteWriter out) {
    out.writeVarLong(count);
    out.writeSignedVarLong(sum);
    out.writeVarLong(weight);
  }

  private static Chunk readChunk(ByteReader in) throws IOException {
    int kind = in.readByte();
    int id = in.readVarInt();
    int n = in.readVarInt();
    long baseCount = in.readVarLong();
    long baseSum = in.readSignedVarLong();
    long baseWeight = in.readVarLong();
    if (kind == SPILLED) {
      long first = in.readSignedVarLong();
      long last = first + in.readVarLong();
      return Chunk.spilled(id, n, first, last, baseCount, baseSum, baseWeight);
    }
    int settled = in.readVarInt();
    long[] pairs = new long[2 * n];
    long @Nullable [] weights = kind == WEIGHTED ? new long[n] : null;
    long time = 0;
    long sum = 0;
    long weight = 0;
    for (int i = 0; i < n; i++) {
      time += in.readSignedVarLong();
      sum += in.readSignedVarLong();
      pairs[2 * i] = time;
      pairs[2 * i + 1] = sum;
      if (weights != null) {
        weight += in.readVarLong();
        weights[i] = weight;
      }
    }
    int @Nullable [] places = settled == n ? null : new int[n];
    ByteWriter bytes = new ByteWriter();
    if (places != null) {
      for (int i = settled; i < n; i++) {
        places[i] = bytes.size();
        bytes.writeBytes(in.readBytes());
      }
    }
    return Chunk.of(
        id,
        settled,
        n,
        baseCount,
        baseSum,
        baseWeight,
        pairs,
        weights,
        places,
        bytes.toByteArray(),
        bytes.size());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyHistoryCoder that && series == that.series;
  }

  @Override
  public int hashCode() {
    return series;
  }

  /** A chunk in a state cell of its own: always settled. */
  static final class OfChunk extends CompactCoder<Chunk> {
    @Override
    public void write(Chunk chunk, ByteWriter out) {
      writeChunk(chunk, out);
    }

    @Override
    public Chunk read(ByteReader in) throws IOException {
      return readChunk(in);
    }
  }
}
