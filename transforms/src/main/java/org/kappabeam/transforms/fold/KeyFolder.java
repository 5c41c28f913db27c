package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.event.DeadLetterReason;

/**
 * Applies the events of one batch to the history of one key: settles and forgets what the watermark
 * has passed, merges the new events, makes the rows they changed. The same for live and replay. One
 * per worker thread; not thread-safe.
 *
 * <p>Cost: per batch and key, one copy of the chunks the new events fall into; per row, two binary
 * searches a window. Neither grows with the key's history.
 */
final class KeyFolder<E, R> {
  /** A {@code settleBefore} that settles nothing. */
  static final long NEVER = Long.MIN_VALUE / 2;

  /** Events per open chunk: what is copied when one event arrives. */
  static final int OPEN_CHUNK = 128;

  /** Events per settled chunk. */
  static final int SETTLED_CHUNK = 512;

  /** When a key gets events, as many as this are settled at a time. */
  static final int WORTH_SETTLING = 4;

  /** Settled chunks kept beside the open ones; older full ones get a state cell of their own. */
  static final int INLINE_CHUNKS = 4;

  private final Fold<E, R> fold;
  private final Series[] series;
  private final List<List<Entry<E>>> arrivals = new ArrayList<>();
  private final Influence[] influences;
  private final long[] lowestTouched;
  private final List<Entry<E>> merged = new ArrayList<>();
  private final List<Entry<E>> touched = new ArrayList<>();
  private final Map<Long, Chunk<E>> loaded = new HashMap<>();
  private final Window window = new Window();

  private String key = "";
  private @Nullable ChunkStore<E> store;
  private KeyHistory.Past<E>[] past = newPast(0);

  KeyFolder(Fold<E, R> fold) {
    this.fold = fold;
    this.series = fold.series().toArray(new Series[0]);
    this.influences = new Influence[series.length];
    this.lowestTouched = new long[series.length];
    for (int s = 0; s < series.length; s++) {
      arrivals.add(new ArrayList<>());
      influences[s] = new Influence();
    }
  }

  /**
   * Applies a batch to the history of one key.
   *
   * @param before the key's history, or {@code null} if it has none
   * @param batch the new events; the entries become part of the history
   * @param settleBefore no event before this time can arrive any more; what its rows need is kept
   * @return the key's new history
   */
  KeyHistory<E> apply(
      String ofKey,
      @Nullable KeyHistory<E> before,
      List<Entry<E>> batch,
      long settleBefore,
      ChunkStore<E> chunkStore,
      FoldOutput<E, R> out) {
    key = ofKey;
    store = chunkStore;
    past = newPast(series.length);
    if (!loaded.isEmpty()) {
      loaded.clear();
    }
    touched.clear();
    for (int s = 0; s < series.length; s++) {
      arrivals.get(s).clear();
      influences[s].clear();
      lowestTouched[s] = Long.MAX_VALUE;
      past[s] =
          before == null
              ? new KeyHistory.Past<>(newChunks(0), 0)
              : forget(
                  s,
                  settle(before.series.get(s), settleBefore, batch.isEmpty() ? 1 : WORTH_SETTLING),
                  settleBefore);
    }
    for (Entry<E> entry : batch) {
      int s = fold.seriesOf(entry.event);
      if (entry.time >= settleBefore) {
        arrivals.get(s).add(entry);
      } else if (series[s].derived()) {
        out.lost();
      } else {
        out.dead(
            DeadLetterReason.FORGOTTEN,
            "event time is behind the watermark by " + (settleBefore - entry.time) + " ms",
            entry);
      }
    }
    for (int s = 0; s < series.length; s++) {
      if (!arrivals.get(s).isEmpty()) {
        arrivals.get(s).sort(Entry::compare);
        if (!insert(s, out)) {
          merge(s, out);
        }
        influences[s].sort();
      }
    }
    for (int s = 0; s < series.length; s++) {
      if (series[s].makesRows()) {
        makeRows(s, out);
      }
    }
    for (Entry<E> entry : touched) {
      entry.touched = false;
    }
    for (int s = 0; s < series.length; s++) {
      spill(s);
    }
    return new KeyHistory<>(Arrays.asList(past));
  }

  // ---- new events -------------------------------------------------------------------------------

  /**
   * Adds new events to the last open chunk, the usual case; says no if that is not all it takes.
   */
  private boolean insert(int s, FoldOutput<E, R> out) {
    List<Entry<E>> fresh = arrivals.get(s);
    Chunk<E>[] chunks = past[s].chunks;
    Chunk<E> last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    if (last == null
        || !last.canGrow(fresh.size(), OPEN_CHUNK)
        || fresh.get(0).time <= last.firstTime) {
      return false;
    }
    Entry<E> previous = null;
    for (Entry<E> entry : fresh) {
      boolean again = previous != null && Entry.compare(previous, entry) == 0;
      if (again || weight(s, entry) != 1) {
        return false;
      }
      previous = entry;
    }
    Chunk<E> more = last.grown(fold, fresh, OPEN_CHUNK);
    if (more == null) {
      return false;
    }
    for (Entry<E> entry : fresh) {
      arrived(s, entry, out);
    }
    Chunk<E>[] grown = chunks.clone();
    grown[grown.length - 1] = more;
    past[s] = new KeyHistory.Past<>(grown, past[s].nextId);
    return true;
  }

  private void merge(int s, FoldOutput<E, R> out) {
    List<Entry<E>> fresh = arrivals.get(s);
    Chunk<E>[] chunks = past[s].chunks;
    int firstOpen = past[s].firstOpen;
    Entry<E> lowest = fresh.get(0);
    int tail = chunks.length - 1;
    while (tail > firstOpen && Entry.compare(chunks[tail].entry(0), lowest) > 0) {
      tail--;
    }
    if (tail < firstOpen
        || (chunks[tail].size >= OPEN_CHUNK
            && Entry.compare(chunks[tail].entry(chunks[tail].size - 1), lowest) < 0)) {
      tail = Math.max(firstOpen, tail + 1);
    }
    merged.clear();
    // What stands before the first new event stays as it is, and is not even looked at.
    int kept = tail < chunks.length ? firstFrom(chunks[tail], lowest) : 0;
    int next = 0;
    for (int c = tail; c < chunks.length; c++) {
      Chunk<E> chunk = chunks[c];
      int from = c == tail ? kept : 0;
      for (int i = 0; i < from; i++) {
        merged.add(chunk.entry(i));
      }
      for (int i = from; i < chunk.size; i++) {
        Entry<E> entry = chunk.entry(i);
        while (next < fresh.size() && Entry.compare(fresh.get(next), entry) < 0) {
          add(s, fresh.get(next++), out);
        }
        merged.add(entry);
        while (next < fresh.size() && Entry.compare(fresh.get(next), entry) == 0) {
          add(s, fresh.get(next++), out);
        }
      }
    }
    while (next < fresh.size()) {
      add(s, fresh.get(next++), out);
    }
    rebuild(s, tail, kept);
  }

  /** The index of the first event of an open chunk that does not come before another one. */
  private static <E> int firstFrom(Chunk<E> chunk, Entry<E> other) {
    int index = chunk.upTo(other.time - 1);
    while (index < chunk.size
        && chunk.times()[index] == other.time
        && Entry.compare(chunk.entry(index), other) < 0) {
      index++;
    }
    return index;
  }

  /** Adds an arrival behind what is merged so far, or merges it with the same event there. */
  private void add(int s, Entry<E> arrival, FoldOutput<E, R> out) {
    int last = merged.size() - 1;
    if (last >= 0 && Entry.compare(merged.get(last), arrival) == 0) {
      Entry<E> known = merged.get(last);
      Entry<E> winner = series[s].derived() ? newest(known, arrival) : resolve(known, arrival, out);
      if (winner != known) {
        touch(s, winner);
        merged.set(last, winner);
        if (weight(s, winner) != weight(s, known)
            || fold.measure(winner.event) != fold.measure(known.event)) {
          influences[s].add(winner);
        }
      }
      return;
    }
    arrived(s, arrival, out);
    merged.add(arrival);
  }

  private void arrived(int s, Entry<E> arrival, FoldOutput<E, R> out) {
    touch(s, arrival);
    influences[s].add(arrival);
    if (!series[s].derived()) {
      out.folded();
    }
  }

  private void touch(int s, Entry<E> entry) {
    entry.touched = true;
    touched.add(entry);
    lowestTouched[s] = Math.min(lowestTouched[s], entry.time);
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
  private Entry<E> resolve(Entry<E> known, Entry<E> arrival, FoldOutput<E, R> out) {
    if (known.event.equals(arrival.event) || known.losers.contains(arrival.event)) {
      out.duplicate();
      return known;
    }
    boolean arrivalWins = smaller(arrival.event, known.event);
    Entry<E> winner = arrivalWins ? arrival : known;
    Entry<E> loser = arrivalWins ? known : arrival;
    out.dead(DeadLetterReason.CONFLICT, "contradicts another record with id " + arrival.id, loser);
    List<E> losers = known.losers;
    if (losers.size() < Entry.MAX_LOSERS) {
      losers = new ArrayList<>(losers);
      losers.add(loser.event);
    }
    return new Entry<>(
        winner.event,
        winner.time,
        winner.id,
        winner.partition,
        winner.offset,
        winner.logTime,
        losers);
  }

  private boolean smaller(E a, E b) {
    try {
      return Arrays.compareUnsigned(
              CoderUtils.encodeToByteArray(fold.eventCoder(), a),
              CoderUtils.encodeToByteArray(fold.eventCoder(), b))
          < 0;
    } catch (CoderException e) {
      throw new IllegalStateException("cannot encode an event of " + key, e);
    }
  }

  /**
   * Puts what was merged in place of the chunks from {@code tail} on.
   *
   * @param kept how many events at the beginning of the first of them are the old ones
   */
  private void rebuild(int s, int tail, int kept) {
    KeyHistory.Past<E> old = past[s];
    int total = merged.size();
    int fresh = (total + OPEN_CHUNK - 1) / OPEN_CHUNK;
    Chunk<E>[] chunks = Arrays.copyOf(old.chunks, tail + fresh);
    Chunk<E> first = tail < old.chunks.length ? old.chunks[tail] : null;
    Chunk<E> previous = first != null || tail == 0 ? null : loaded(s, tail - 1);
    int id = old.nextId;
    for (int i = 0; i < fresh; i++) {
      int from = i * OPEN_CHUNK;
      int c = tail + i;
      List<Entry<E>> entries = merged.subList(from, Math.min(total, from + OPEN_CHUNK));
      int chunkId = c < old.chunks.length ? old.chunks[c].id : id++;
      previous =
          i == 0 && first != null
              ? Chunk.open(
                  fold,
                  series[s].derived(),
                  chunkId,
                  first.baseCount,
                  first.baseSum,
                  first.baseWeight,
                  entries,
                  first,
                  kept)
              : Chunk.open(
                  fold,
                  series[s].derived(),
                  chunkId,
                  previous == null ? 0 : previous.baseCount + previous.size,
                  previous == null ? 0 : previous.sumBefore(previous.size),
                  previous == null ? 0 : previous.weightBefore(previous.size),
                  entries,
                  null,
                  0);
      chunks[c] = previous;
    }
    past[s] = new KeyHistory.Past<>(chunks, id);
  }

  private long weight(int s, Entry<E> entry) {
    return entry.weight(fold, series[s].derived());
  }

  // ---- rows -------------------------------------------------------------------------------------

  private void makeRows(int s, FoldOutput<E, R> out) {
    long lowest = Long.MAX_VALUE;
    for (int i = 0; i < series.length; i++) {
      if (!influences[i].isEmpty()) {
        lowest = Math.min(lowest, influences[i].firstTime() + series[i].reachFrom());
      }
    }
    Chunk<E>[] chunks = past[s].chunks;
    if (chunks.length == 0 || lowest > chunks[chunks.length - 1].lastTime) {
      // No row looks back to what is new: only the new ones are made, and the others not looked at.
      for (Entry<E> entry : touched) {
        makeOwnRow(s, entry, out);
      }
      return;
    }
    lowest = Math.min(lowest, lowestTouched[s]);
    int from = chunks.length;
    while (from > 0 && chunks[from - 1].isOpen() && chunks[from - 1].lastTime >= lowest) {
      from--;
    }
    for (int c = from; c < chunks.length; c++) {
      for (int i = c == from ? chunks[c].upTo(lowest - 1) : 0; i < chunks[c].size; i++) {
        Entry<E> entry = chunks[c].entry(i);
        if (entry.touched || isInfluenced(s, entry)) {
          makeRow(s, c, i, entry, out);
        }
      }
    }
  }

  /** Makes the row of an event, if it is of the series and has not been displaced meanwhile. */
  private void makeOwnRow(int s, Entry<E> entry, FoldOutput<E, R> out) {
    if (fold.seriesOf(entry.event) != s) {
      return;
    }
    Chunk<E>[] chunks = past[s].chunks;
    for (int c = past[s].chunkAt(entry.time, -1); c >= past[s].firstOpen; c--) {
      for (int i = chunks[c].upTo(entry.time) - 1; i >= 0; i--) {
        if (chunks[c].entry(i) == entry) {
          makeRow(s, c, i, entry, out);
          return;
        }
        if (chunks[c].times()[i] < entry.time) {
          return;
        }
      }
    }
  }

  private boolean isInfluenced(int s, Entry<E> row) {
    for (int i = 0; i < series.length; i++) {
      if (!influences[i].isEmpty() && influences[i].reaches(row, series[i], i == s)) {
        return true;
      }
    }
    return false;
  }

  private void makeRow(int s, int c, int index, Entry<E> entry, FoldOutput<E, R> out) {
    window.moveTo(s, c, index, entry.time);
    boolean derived = series[s].derived();
    long others = 0;
    for (int i = 0; i < series.length; i++) {
      others +=
          window.weight(i, series[i].reachUntil() - series[i].reachFrom(), series[i].reachFrom());
      if (i == s && series[i].reachFrom() == 0) {
        others -= weight(s, entry);
      }
    }
    long own =
        derived
            ? fold.evidence(entry.event)
            : 1 + ((long) entry.losers.size() << Entry.VARIANT_SHIFT);
    long evidence = Math.addExact(own, others);
    R row = fold.row(entry.event, window, evidence);
    if (row != null) {
      out.row(row);
    }
    if (entry.touched) {
      for (E loser : entry.losers) {
        R back = fold.withdrawn(loser, entry.event, evidence);
        if (back != null) {
          out.row(back);
        }
      }
    }
  }

  /** The history as the row at hand sees it. */
  private final class Window implements History {
    private int rowSeries;
    private int rowChunk;
    private int rowIndex;
    private long rowTime;

    /** Where the last look-up ended: chunk and index in it. */
    private @Nullable Chunk<E> chunk;

    private int index;

    /** Where the latest look-ups of this row ended. */
    private final long[] foundTimes = new long[8];

    private final int[] foundSeries = new int[8];
    private final int[] foundIndexes = new int[8];
    private final List<Chunk<E>> foundChunks = new ArrayList<>();
    private int found;

    /** Where the same look-ups of the row before ended: rows of a key follow each other in time. */
    private final int[] hints = new int[8];

    void moveTo(int s, int c, int i, long time) {
      found = 0;
      foundChunks.clear();
      rowSeries = s;
      rowChunk = c;
      rowIndex = i;
      rowTime = time;
    }

    @Override
    public long count(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.baseCount + index;
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.baseCount + index);
    }

    @Override
    public long sum(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.sumBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.sumBefore(index));
    }

    long weight(int s, long length, long delay) {
      seekEnd(s, delay);
      long end = chunk == null ? 0 : chunk.weightBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.weightBefore(index));
    }

    private void seekEnd(int s, long delay) {
      if (s == rowSeries && delay == 0) {
        chunk = past[s].chunks[rowChunk];
        index = rowIndex + 1;
      } else {
        seek(s, rowTime - delay);
      }
    }

    /** To just behind the last event at or before the time. */
    private void seek(int s, long time) {
      // The windows of a row share most of their ends.
      for (int i = 0; i < found; i++) {
        if (foundTimes[i] == time && foundSeries[i] == s) {
          chunk = foundChunks.get(i);
          index = foundIndexes[i];
          return;
        }
      }
      KeyHistory.Past<E> of = past[s];
      if (of.chunks.length == 0) {
        chunk = null;
        return;
      }
      int c = of.chunkAt(time, hints[found % hints.length]);
      hints[found % hints.length] = c;
      if (c < 0) {
        chunk = loaded(s, 0);
        index = 0;
      } else {
        chunk = loaded(s, c);
        index = time >= chunk.lastTime ? chunk.size : chunk.upTo(time);
      }
      if (found < foundTimes.length) {
        foundTimes[found] = time;
        foundSeries[found] = s;
        foundIndexes[found] = index;
        foundChunks.add(chunk);
        found++;
      }
    }
  }

  // ---- settling, forgetting, spilling -----------------------------------------------------------

  /**
   * Drops the events whose rows are final, keeps their times and totals.
   *
   * @param atLeast so many at once, since it copies what is settled already
   */
  private static <E> KeyHistory.Past<E> settle(
      KeyHistory.Past<E> of, long settleBefore, int atLeast) {
    int firstOpen = of.firstOpen;
    if (firstOpen == of.chunks.length || of.chunks[firstOpen].firstTime >= settleBefore) {
      return of;
    }
    if (firstOpen == of.chunks.length - 1
        && !(of.chunks[firstOpen].size >= atLeast
            && of.chunks[firstOpen].times()[atLeast - 1] < settleBefore)) {
      return of;
    }
    List<Chunk<E>> chunks = new ArrayList<>(Arrays.asList(of.chunks).subList(0, firstOpen));
    int id = of.nextId;
    int c = firstOpen;
    for (; c < of.chunks.length && of.chunks[c].firstTime < settleBefore; c++) {
      Chunk<E> open = of.chunks[c];
      int n = open.upTo(settleBefore - 1);
      Chunk<E> last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
      if (last != null && !last.isSpilled() && last.size + n <= SETTLED_CHUNK) {
        chunks.set(chunks.size() - 1, last.append(open, n, SETTLED_CHUNK));
      } else {
        chunks.add(open.settled(id++, 0, n));
      }
      if (n < open.size) {
        chunks.add(open.openFrom(n));
        c++;
        break;
      }
    }
    chunks.addAll(Arrays.asList(of.chunks).subList(c, of.chunks.length));
    return new KeyHistory.Past<>(chunks.toArray(newChunks(0)), id);
  }

  /** Drops settled events that no row can look back to any more. */
  private KeyHistory.Past<E> forget(int s, KeyHistory.Past<E> of, long settleBefore) {
    long limit = settleBefore - series[s].reachUntil();
    int firstOpen = of.firstOpen;
    int drop = 0;
    while (drop < firstOpen && of.chunks[drop].lastTime <= limit) {
      if (of.chunks[drop].isSpilled()) {
        store().remove(key, s, of.chunks[drop].id);
      }
      drop++;
    }
    Chunk<E>[] chunks =
        drop == 0 ? of.chunks : Arrays.copyOfRange(of.chunks, drop, of.chunks.length);
    if (drop < firstOpen && !chunks[0].isSpilled() && chunks[0].firstTime <= limit) {
      int gone = chunks[0].upTo(limit);
      // Half at least, so that an event is copied at most twice in its life.
      if (2 * gone >= chunks[0].size) {
        chunks = chunks.clone();
        chunks[0] = chunks[0].settled(chunks[0].id, gone, chunks[0].size);
      }
    }
    return chunks == of.chunks ? of : new KeyHistory.Past<>(chunks, of.nextId);
  }

  /** Moves old full chunks of a large history to state cells of their own. */
  private void spill(int s) {
    Chunk<E>[] chunks = past[s].chunks;
    int last = past[s].firstOpen - INLINE_CHUNKS;
    Chunk<E>[] copy = chunks;
    for (int c = last - 1; c >= 0 && !chunks[c].isSpilled(); c--) {
      if (copy == chunks) {
        copy = chunks.clone();
      }
      store().save(key, s, chunks[c]);
      copy[c] = chunks[c].spilled();
    }
    if (copy != chunks) {
      past[s] = new KeyHistory.Past<>(copy, past[s].nextId);
    }
  }

  /** Chunk {@code c} with its body; a spilled one is loaded once per batch. */
  private Chunk<E> loaded(int s, int c) {
    Chunk<E> chunk = past[s].chunks[c];
    if (!chunk.isSpilled()) {
      return chunk;
    }
    return loaded.computeIfAbsent(
        ((long) s << Integer.SIZE) | chunk.id, unused -> store().load(key, s, chunk.id));
  }

  private ChunkStore<E> store() {
    if (store == null) {
      throw new IllegalStateException("no batch at hand");
    }
    return store;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  private static <E> Chunk<E>[] newChunks(int n) {
    return new Chunk[n];
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  private static <E> KeyHistory.Past<E>[] newPast(int n) {
    return new KeyHistory.Past[n];
  }
}
