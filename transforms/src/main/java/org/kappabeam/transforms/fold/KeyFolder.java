package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.event.DeadLetterReason;

/**
 * Applies the events of one batch to the history of one key: settles and forgets what the watermark
 * has passed, adds the new events, makes the rows they changed. The same for live and replay. One
 * per worker thread; not thread-safe.
 *
 * <p>Cost: an event that comes in order is written behind the others; one that does not costs a
 * copy of the chunk it falls into; a row costs two binary searches a window. None of it grows with
 * the key's history.
 */
final class KeyFolder<E, R> {
  /** A {@code settleBefore} that settles nothing. */
  static final long NEVER = Long.MIN_VALUE / 2;

  /** Events per chunk: what is copied when one arrives out of order. */
  static final int CHUNK = 256;

  /** When a key gets events, as many as this are settled or forgotten at a time. */
  static final int WORTH_IT = 4;

  /** Settled chunks kept beside the open ones; older ones get a state cell of their own. */
  static final int INLINE_CHUNKS = 4;

  private final Fold<E, R> fold;
  private final int chunkSize;
  private final Series[] series;
  private final EntryBytes<E> codec;
  private final ByteWriter event = new ByteWriter(256);
  private final List<SeriesWork> works = new ArrayList<>();
  private final Map<Long, Chunk> loaded = new HashMap<>();
  private final Window window = new Window();

  private String key = "";
  private @Nullable ChunkStore store;
  private @Nullable FoldOutput<E, R> output;
  private Chunk[][] past = {};
  private int nextId;

  /** What the batch at hand does to one series. */
  private final class SeriesWork implements ChunkMerger.Arrivals<E> {
    final int s;
    final ChunkMerger<E> merger;
    final List<Entry<E>> arrivals = new ArrayList<>();

    /** New or changed events, in order. */
    final List<Entry<E>> touched = new ArrayList<>();

    final Influence influence = new Influence();

    SeriesWork(int s) {
      this.s = s;
      this.merger = new ChunkMerger<>(fold, codec, series[s].derived());
    }

    void clear() {
      arrivals.clear();
      touched.clear();
      influence.clear();
    }

    @Override
    public void arrived(Entry<E> arrival) {
      touched.add(arrival);
      influence.add(arrival);
      if (!series[s].derived()) {
        output().folded();
      }
    }

    @Override
    public Entry<E> met(Entry<E> known, Entry<E> arrival) {
      Entry<E> winner = series[s].derived() ? newest(known, arrival) : resolve(known, arrival);
      if (winner == known) {
        return known;
      }
      int last = touched.size() - 1;
      if (last >= 0 && touched.get(last) == known) {
        touched.set(last, winner);
      } else {
        touched.add(winner);
      }
      if (weight(s, winner) != weight(s, known)
          || fold.measure(winner.event) != fold.measure(known.event)) {
        influence.add(winner);
      }
      return winner;
    }
  }

  KeyFolder(Fold<E, R> fold) {
    this(fold, CHUNK);
  }

  /**
   * @param chunk events per chunk
   */
  KeyFolder(Fold<E, R> fold, int chunk) {
    this.fold = fold;
    this.chunkSize = chunk;
    this.series = fold.series().toArray(new Series[0]);
    this.codec = new EntryBytes<>(fold);
    for (int s = 0; s < series.length; s++) {
      works.add(new SeriesWork(s));
    }
  }

  /**
   * Applies a batch to the history of one key.
   *
   * @param before the key's history, or {@code null} if it has none
   * @param batch the new events, chained by {@link Entry#next}; {@code null} if there are none
   * @param settleBefore no event before this time can arrive any more; what its rows need is kept
   * @return the key's new history
   */
  KeyHistory apply(
      String ofKey,
      @Nullable KeyHistory before,
      @Nullable Entry<E> batch,
      long settleBefore,
      ChunkStore chunkStore,
      FoldOutput<E, R> out) {
    key = ofKey;
    store = chunkStore;
    output = out;
    past = new Chunk[series.length][];
    nextId = before == null ? 0 : before.nextId;
    if (!loaded.isEmpty()) {
      loaded.clear();
    }
    int atLeast = batch == null ? 1 : WORTH_IT;
    for (int s = 0; s < series.length; s++) {
      works.get(s).clear();
      past[s] =
          before == null
              ? KeyHistory.NO_CHUNKS
              : forget(s, settle(before.chunks(s), settleBefore, atLeast), settleBefore, atLeast);
    }
    for (Entry<E> entry = batch; entry != null; entry = entry.next) {
      route(entry, settleBefore);
    }
    for (SeriesWork work : works) {
      if (!work.arrivals.isEmpty()) {
        insert(work);
      }
    }
    for (SeriesWork work : works) {
      if (series[work.s].makesRows()) {
        makeRows(work);
      }
    }
    for (int s = 0; s < series.length; s++) {
      spill(s);
    }
    return new KeyHistory(past, nextId);
  }

  private void route(Entry<E> entry, long settleBefore) {
    int s = fold.seriesOf(entry.event);
    if (entry.time >= settleBefore) {
      works.get(s).arrivals.add(entry);
    } else if (series[s].derived()) {
      output().lost();
    } else {
      output()
          .dead(
              DeadLetterReason.FORGOTTEN,
              "event time is behind the watermark by " + (settleBefore - entry.time) + " ms",
              entry);
    }
  }

  // ---- new events -------------------------------------------------------------------------------

  private void insert(SeriesWork work) {
    List<Entry<E>> fresh = work.arrivals;
    if (fresh.size() > 1) {
      fresh.sort(Entry::compare);
    }
    if (follow(work.s, fresh)) {
      append(work, fresh);
    } else if (fresh.size() > 1 || !insertInto(work, fresh.get(0))) {
      merge(work, fresh);
    }
    work.influence.sort();
  }

  /** Whether events simply follow all that are there, and each other: the usual case. */
  private boolean follow(int s, List<Entry<E>> fresh) {
    Chunk[] chunks = past[s];
    long time = chunks.length == 0 ? Long.MIN_VALUE : chunks[chunks.length - 1].lastTime;
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      if (entry.time <= time || weight(s, entry) != 1) {
        return false;
      }
      time = entry.time;
    }
    return true;
  }

  private void append(SeriesWork work, List<Entry<E>> fresh) {
    Chunk[] chunks = past[work.s].clone();
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    int begin = 0;
    for (int i = 0; i < fresh.size(); i++) {
      Entry<E> entry = fresh.get(i);
      event.reset();
      codec.write(entry, event);
      long measure = fold.measure(entry.event);
      if (last != null && last.canAppend(entry.time, chunkSize)) {
        last = last.append(entry.time, measure, event.buffer(), event.size());
      } else {
        if (i > begin) {
          locate(fresh, begin, i, last);
          begin = i;
        }
        last = Chunk.first(nextId++, last, entry.time, measure, event.buffer(), event.size());
        chunks = Arrays.copyOf(chunks, chunks.length + 1);
      }
      chunks[chunks.length - 1] = last;
      work.arrived(entry);
    }
    locate(fresh, begin, fresh.size(), last);
    past[work.s] = chunks;
  }

  /** Tells the last events of a chunk where they stand. */
  private static <E> void locate(List<Entry<E>> fresh, int begin, int end, @Nullable Chunk chunk) {
    if (chunk == null) {
      throw new IllegalStateException("events without a chunk");
    }
    for (int i = begin; i < end; i++) {
      fresh.get(i).chunkId = chunk.id;
      fresh.get(i).index = chunk.to - end + i;
    }
  }

  /**
   * Adds one event to the last chunk, the usual case out of order; says no if that is not all it
   * takes.
   */
  private boolean insertInto(SeriesWork work, Entry<E> entry) {
    Chunk[] chunks = past[work.s];
    Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
    if (last == null
        || entry.time <= last.firstTime
        || last.weights != null
        || last.isSpilled()
        || last.size() >= chunkSize
        || weight(work.s, entry) != 1) {
      return false;
    }
    int at = last.upTo(entry.time);
    if (last.times()[at - 1] == entry.time || at < last.open) {
      return false;
    }
    event.reset();
    codec.write(entry, event);
    Chunk more =
        last.insert(at, entry.time, fold.measure(entry.event), event.buffer(), event.size());
    entry.chunkId = more.id;
    entry.index = more.from + at - last.from;
    past[work.s] = chunks.clone();
    past[work.s][chunks.length - 1] = more;
    work.arrived(entry);
    return true;
  }

  /** Adds events to the chunks they belong to. */
  private void merge(SeriesWork work, List<Entry<E>> fresh) {
    int s = work.s;
    Chunk[] chunks = past[s];
    List<Chunk> after = new ArrayList<>(chunks.length + 2);
    int c = chunks.length == 0 ? 0 : chunkOf(chunks, fresh.get(0));
    after.addAll(Arrays.asList(chunks).subList(0, c));
    long count = 0;
    long sum = 0;
    long weight = 0;
    int next = 0;
    if (chunks.length == 0) {
      addPieces(work, Chunk.empty(nextId++), fresh, next, fresh.size(), after);
      next = fresh.size();
    }
    for (; c < chunks.length; c++) {
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
    past[s] = after.toArray(KeyHistory.NO_CHUNKS);
  }

  /**
   * Merges events into a chunk, in pieces if it becomes too large.
   *
   * @return the last piece
   */
  private Chunk addPieces(
      SeriesWork work, Chunk chunk, List<Entry<E>> fresh, int from, int to, List<Chunk> after) {
    int size = work.merger.merge(chunk, fresh, from, to, work);
    // Pieces of about the same size have room for the next ones.
    int pieces = (size + chunkSize - 1) / chunkSize;
    Chunk like = chunk;
    int index = chunk.from;
    int done = 0;
    for (int p = 0; p < pieces; p++) {
      int end = (int) ((long) size * (p + 1) / pieces);
      Chunk piece = work.merger.piece(p == 0 ? chunk.id : nextId++, done, end, like, index);
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
      output().duplicate();
      return known;
    }
    boolean arrivalWins = smaller(arrival.event, known.event);
    Entry<E> winner = arrivalWins ? arrival : known;
    Entry<E> loser = arrivalWins ? known : arrival;
    output()
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
      throw new IllegalStateException("cannot encode an event of " + key, e);
    }
  }

  private long weight(int s, Entry<E> entry) {
    return entry.weight(series[s].derived());
  }

  // ---- rows -------------------------------------------------------------------------------------

  private void makeRows(SeriesWork work) {
    int s = work.s;
    Chunk[] chunks = past[s];
    if (chunks.length == 0) {
      return;
    }
    long lowest = Long.MAX_VALUE;
    for (SeriesWork each : works) {
      if (!each.influence.isEmpty()) {
        lowest = Math.min(lowest, each.influence.firstTime() + series[each.s].reachFrom());
      }
    }
    List<Entry<E>> touched = work.touched;
    if (touched.size() == 1 && noOtherRowFrom(lowest, touched.get(0), chunks)) {
      // The usual case: the other events are not even looked at.
      makeOwnRow(s, touched.get(0));
      return;
    }
    if (!touched.isEmpty()) {
      lowest = Math.min(lowest, touched.get(0).time);
    }
    int c = chunks.length;
    while (c > 0 && chunks[c - 1].isOpen() && chunks[c - 1].lastTime >= lowest) {
      c--;
    }
    int next = 0;
    for (; c < chunks.length; c++) {
      Chunk chunk = chunks[c];
      for (int i = Math.max(chunk.open, chunk.upTo(lowest - 1)); i < chunk.to; i++) {
        Entry<E> own = next < touched.size() ? touched.get(next) : null;
        if (own != null && own.index == i && own.chunkId == chunk.id) {
          makeRow(s, c, own);
          next++;
        } else if (mayBeInfluenced(chunk.times()[i])) {
          Entry<E> entry = codec.read(chunk.bytes, chunk.place(i));
          if (isInfluenced(s, entry)) {
            entry.index = i;
            makeRow(s, c, entry);
          }
        }
      }
    }
  }

  /** Whether no event but perhaps this one is at or after the time. */
  private static boolean noOtherRowFrom(long time, Entry<?> entry, Chunk[] chunks) {
    Chunk last = chunks[chunks.length - 1];
    if (last.lastTime < time) {
      return true;
    }
    boolean isLast = entry.chunkId == last.id && entry.index == last.to - 1;
    return isLast && last.size() > 1 && last.times()[last.to - 2] < time;
  }

  private void makeOwnRow(int s, Entry<E> entry) {
    int c = past[s].length - 1;
    while (past[s][c].id != entry.chunkId) {
      c--;
    }
    makeRow(s, c, entry);
  }

  private boolean mayBeInfluenced(long rowTime) {
    for (SeriesWork each : works) {
      if (each.influence.mayReach(rowTime, series[each.s])) {
        return true;
      }
    }
    return false;
  }

  private boolean isInfluenced(int s, Entry<E> row) {
    for (SeriesWork each : works) {
      if (each.influence.reaches(row, series[each.s], each.s == s)) {
        return true;
      }
    }
    return false;
  }

  private void makeRow(int s, int c, Entry<E> entry) {
    window.moveTo(s, c, entry.index, entry.time);
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
      output().row(row);
    }
    if (!entry.losers.isEmpty() && entry.chunkId >= 0) {
      for (E loser : entry.losers) {
        R back = fold.withdrawn(loser, entry.event, evidence);
        if (back != null) {
          output().row(back);
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
    private @Nullable Chunk chunk;

    private int index;

    /** Where the latest look-ups of this row ended. */
    private final long[] foundTimes = new long[8];

    private final int[] foundSeries = new int[8];
    private final int[] foundIndexes = new int[8];
    private final List<Chunk> foundChunks = new ArrayList<>();
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
      long end = chunk == null ? 0 : chunk.countBefore(index);
      seek(s, rowTime - delay - length);
      return end - (chunk == null ? 0 : chunk.countBefore(index));
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
        chunk = past[s][rowChunk];
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
      Chunk[] chunks = past[s];
      if (chunks.length == 0) {
        chunk = null;
        return;
      }
      int c = KeyHistory.chunkAt(chunks, time, hints[found % hints.length]);
      hints[found % hints.length] = c;
      chunk = loaded(s, Math.max(0, c));
      index = c < 0 ? chunk.from : time >= chunk.lastTime ? chunk.to : chunk.upTo(time);
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
   * Lets go of events whose rows are final: their times and totals remain.
   *
   * @param atLeast so many at once
   */
  private static Chunk[] settle(Chunk[] chunks, long settleBefore, int atLeast) {
    Chunk[] settled = chunks;
    for (int c = KeyHistory.firstOpen(chunks);
        c < chunks.length && chunks[c].times()[chunks[c].open] < settleBefore;
        c++) {
      int open = chunks[c].upTo(settleBefore - 1);
      if (open < chunks[c].to && open - chunks[c].open < atLeast) {
        break;
      }
      settled = settled == chunks ? chunks.clone() : settled;
      settled[c] = chunks[c].since(chunks[c].from, open);
    }
    return settled;
  }

  /**
   * Drops settled events that no row can look back to any more.
   *
   * @param atLeast so many at once
   */
  private Chunk[] forget(int s, Chunk[] chunks, long settleBefore, int atLeast) {
    long limit = settleBefore - series[s].reachUntil();
    int drop = 0;
    while (drop < chunks.length && !chunks[drop].isOpen() && chunks[drop].lastTime <= limit) {
      if (chunks[drop].isSpilled()) {
        store().remove(key, s, chunks[drop].id);
      }
      drop++;
    }
    Chunk[] left = drop == 0 ? chunks : Arrays.copyOfRange(chunks, drop, chunks.length);
    if (left.length == 0 || left[0].isSpilled() || left[0].firstTime > limit) {
      return left;
    }
    int from = Math.min(left[0].upTo(limit), left[0].open);
    if (from - left[0].from >= atLeast) {
      left = left == chunks ? chunks.clone() : left;
      left[0] = left[0].since(from, left[0].open);
    }
    return left;
  }

  /** Moves old chunks of a large history to state cells of their own. */
  private void spill(int s) {
    Chunk[] chunks = past[s];
    if (chunks.length <= INLINE_CHUNKS) {
      return;
    }
    Chunk[] copy = chunks;
    for (int c = KeyHistory.firstOpen(chunks) - INLINE_CHUNKS - 1;
        c >= 0 && !chunks[c].isSpilled();
        c--) {
      copy = copy == chunks ? chunks.clone() : copy;
      store().save(key, s, chunks[c]);
      copy[c] = chunks[c].spilled();
    }
    past[s] = copy;
  }

  /** Chunk {@code c} with its columns; a spilled one is loaded once per batch. */
  private Chunk loaded(int s, int c) {
    Chunk chunk = past[s][c];
    if (!chunk.isSpilled()) {
      return chunk;
    }
    return loaded.computeIfAbsent(
        ((long) s << Integer.SIZE) | chunk.id, unused -> store().load(key, s, chunk.id));
  }

  private ChunkStore store() {
    if (store == null) {
      throw new IllegalStateException("no batch at hand");
    }
    return store;
  }

  private FoldOutput<E, R> output() {
    if (output == null) {
      throw new IllegalStateException("no batch at hand");
    }
    return output;
  }
}
