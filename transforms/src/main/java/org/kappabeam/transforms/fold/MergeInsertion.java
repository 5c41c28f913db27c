package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.transforms.fold.KeyWork.SeriesWork;

/**
 * Any events, merged into the chunks they belong to: absorbs duplicates, decides between
 * contradicting variants.
 */
final class MergeInsertion<E, R> extends Insertion<E, R> {
  private final List<ChunkMerger<E>> mergers = new ArrayList<>();

  MergeInsertion(KeyWork<E, R> key, int chunkSize) {
    super(key, chunkSize);
    for (SeriesWork<E> work : key.works) {
      mergers.add(new ChunkMerger<>(fold, codec, work.series.derived(), new Merging(work)));
    }
  }

  @Override
  boolean insert(SeriesWork<E> work, List<Entry<E>> fresh) {
    Chunk[] chunks = key.past[work.s];
    int first = chunks.length == 0 ? 0 : chunkOf(chunks, fresh.get(0));
    List<Chunk> after = new ArrayList<>(chunks.length - first + 2);
    long count = 0;
    long sum = 0;
    long weight = 0;
    int next = 0;
    if (chunks.length == 0) {
      addPieces(work, Chunk.empty(key.nextId++), fresh, next, fresh.size(), after);
      next = fresh.size();
    }
    for (int c = first; c < chunks.length; c++) {
      Chunk chunk =
          count == 0 && sum == 0 && weight == 0 ? chunks[c] : chunks[c].moved(count, sum, weight);
      int end = next;
      while (end < fresh.size()
          && (c + 1 == chunks.length || isBefore(fresh.get(end), chunks[c + 1]))) {
        end++;
      }
      if (end == next) {
        after.add(chunk);
        continue;
      }
      Chunk last = addPieces(work, chunk, fresh, next, end, after);
      count += last.countBefore(last.to) - chunk.countBefore(chunk.to);
      sum += last.sumBefore(last.to) - chunk.sumBefore(chunk.to);
      weight += last.weightBefore(last.to) - chunk.weightBefore(chunk.to);
      next = end;
    }
    // A long history's index is copied as memory; only what changes is looked at.
    Chunk[] all = Arrays.copyOf(chunks, first + after.size());
    for (int i = 0; i < after.size(); i++) {
      all[first + i] = after.get(i);
    }
    key.past[work.s] = all;
    return true;
  }

  /**
   * Merges events into a chunk, in pieces if it becomes too large.
   *
   * @return the last piece
   */
  private Chunk addPieces(
      SeriesWork<E> work, Chunk chunk, List<Entry<E>> fresh, int from, int to, List<Chunk> after) {
    ChunkMerger<E> merger = mergers.get(work.s);
    int size = merger.merge(chunk, fresh, from, to);
    // Pieces of about the same size have room for the next ones.
    int pieces = (size + chunkSize - 1) / chunkSize;
    Chunk like = chunk;
    int index = chunk.from;
    int done = 0;
    for (int p = 0; p < pieces; p++) {
      int end = (int) ((long) size * (p + 1) / pieces);
      Chunk piece = merger.piece(p == 0 ? chunk.id : key.nextId++, done, end, like, index);
      after.add(piece);
      like = piece;
      index = piece.to;
      done = end;
    }
    return like;
  }

  /** The chunk an arrival belongs to: the last one that does not begin behind it. */
  private int chunkOf(Chunk[] chunks, Entry<E> arrival) {
    int c = chunks.length - 1;
    while (c > 0 && isBefore(arrival, chunks[c])) {
      c--;
    }
    return c;
  }

  private boolean isBefore(Entry<E> arrival, Chunk chunk) {
    if (arrival.time != chunk.firstTime) {
      return arrival.time < chunk.firstTime;
    }
    // What is settled is earlier than anything that may still arrive.
    return chunk.open == chunk.from
        && Entry.compare(arrival, codec.read(chunk.bytes, chunk.place(chunk.from))) < 0;
  }

  /** What becomes of an arrival that is merged into a chunk. */
  private final class Merging implements ChunkMerger.Arrivals<E> {
    private final SeriesWork<E> work;

    Merging(SeriesWork<E> work) {
      this.work = work;
    }

    @Override
    public void arrived(Entry<E> arrival) {
      MergeInsertion.this.arrived(work, arrival);
    }

    @Override
    public Entry<E> met(Entry<E> known, Entry<E> arrival) {
      Entry<E> winner = work.series.derived() ? newest(known, arrival) : resolve(known, arrival);
      if (winner == known) {
        return known;
      }
      int last = work.touched.size() - 1;
      if (last >= 0 && work.touched.get(last) == known) {
        work.touched.set(last, winner);
      } else {
        work.touched.add(winner);
      }
      if (work.weight(winner) != work.weight(known)
          || fold.measure(winner.event) != fold.measure(known.event)) {
        work.influence.add(winner);
      }
      return winner;
    }
  }

  /** Of two versions of a derived event, the one with more evidence. */
  private Entry<E> newest(Entry<E> known, Entry<E> arrival) {
    int order = Long.compare(fold.evidence(arrival.event), fold.evidence(known.event));
    if (order == 0 && !arrival.event.equals(known.event)) {
      order = smaller(arrival.event, known.event) ? 1 : -1;
    }
    return order > 0 ? arrival : known;
  }

  /** A second record of a raw event: a duplicate, or a contradiction that the smaller one wins. */
  private Entry<E> resolve(Entry<E> known, Entry<E> arrival) {
    if (known.event.equals(arrival.event) || known.losers.contains(arrival.event)) {
      key.output().duplicate();
      return known;
    }
    boolean arrivalWins = smaller(arrival.event, known.event);
    Entry<E> winner = arrivalWins ? arrival : known;
    Entry<E> loser = arrivalWins ? known : arrival;
    key.output()
        .dead(
            DeadLetterReason.CONFLICT, "contradicts another record with id " + arrival.id(), loser);
    List<E> losers = known.losers;
    if (losers.size() < Entry.MAX_LOSERS) {
      losers = new ArrayList<>(losers);
      losers.add(loser.event);
    }
    return new Entry<>(fold, winner.event, winner.partition, winner.offset, winner.logTime, losers);
  }

  private boolean smaller(E a, E b) {
    try {
      return Arrays.compareUnsigned(
              CoderUtils.encodeToByteArray(fold.eventCoder(), a),
              CoderUtils.encodeToByteArray(fold.eventCoder(), b))
          < 0;
    } catch (CoderException e) {
      throw new IllegalStateException("cannot encode an event of " + key.key, e);
    }
  }
}
