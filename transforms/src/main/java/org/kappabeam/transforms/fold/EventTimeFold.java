package org.kappabeam.transforms.fold;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterCoder;

/**
 * Folds events into rows, by key and event time: <i>emit now, correct later</i>. The final rows are
 * a pure function of the set of events; the order, the duplicates, the batches and the restarts on
 * the way only decide how many earlier versions of a row were written.
 *
 * <p>Input: batches of events by shard (a shard holds many keys; see {@code Shards}). Output:
 * batches of rows under {@link #rows}, refused events under {@link #deadLetters}.
 *
 * <ul>
 *   <li>An unbounded input keeps each key's recent past in state. A row is emitted when its event
 *       arrives and again when an earlier one is inserted into what it looks back to. The watermark
 *       is used only to forget.
 *   <li>A bounded input is grouped by shard, and every row is emitted once.
 * </ul>
 *
 * @param <E> the events
 * @param <R> the rows
 */
public final class EventTimeFold<E, R>
    extends PTransform<PCollection<KV<Integer, Batch<E>>>, PCollectionTuple> {
  /** The watermark is noticed this many times while it crosses the fold's reach. */
  private static final int CLOCK_TICKS = 64;

  /** Keys that get no events are swept this many times while the watermark crosses the reach. */
  private static final int SWEEPS = 4;

  /** Rows of a bounded input that travel in one batch. */
  private static final int ROWS_PER_BATCH = 2_000;

  private final Fold<E, R> fold;
  private final TupleTag<Batch<R>> rows = new TupleTag<>() {};
  private final TupleTag<DeadLetter> deadLetters = new TupleTag<>() {};

  private EventTimeFold(Fold<E, R> fold) {
    this.fold = fold;
  }

  public static <E, R> EventTimeFold<E, R> of(Fold<E, R> fold) {
    return new EventTimeFold<>(fold);
  }

  public TupleTag<Batch<R>> rows() {
    return rows;
  }

  public TupleTag<DeadLetter> deadLetters() {
    return deadLetters;
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<Integer, Batch<E>>> events) {
    PCollectionTuple out =
        events.isBounded() == IsBounded.BOUNDED
            ? events
                .apply("Group by shard", GroupByKey.create())
                .apply(
                    "Fold shards",
                    ParDo.of(new FoldShard<>(fold, rows, deadLetters))
                        .withOutputTags(rows, TupleTagList.of(deadLetters)))
            : events.apply(
                "Fold batches",
                ParDo.of(new FoldBatch<>(fold, rows, deadLetters))
                    .withOutputTags(rows, TupleTagList.of(deadLetters)));
    out.get(rows).setCoder(BatchCoder.of(fold.rowCoder()));
    out.get(deadLetters).setCoder(DeadLetterCoder.of());
    return out;
  }

  /** How far, in milliseconds, the rows of a fold look back. */
  static long reach(Fold<?, ?> fold) {
    return fold.series().stream().mapToLong(Series::reachUntil).max().orElseThrow();
  }

  /** Replay: all events of a shard at once. */
  static final class FoldShard<E, R> extends DoFn<KV<Integer, Iterable<Batch<E>>>, Batch<R>> {
    private final Fold<E, R> fold;
    private final TupleTag<Batch<R>> rows;
    private final TupleTag<DeadLetter> deadLetters;
    private transient BatchFolder<E, R> folder;

    FoldShard(Fold<E, R> fold, TupleTag<Batch<R>> rows, TupleTag<DeadLetter> deadLetters) {
      this.fold = fold;
      this.rows = rows;
      this.deadLetters = deadLetters;
    }

    @Setup
    public void setup() {
      folder = new BatchFolder<>(fold);
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Batch<E>>> shard, MultiOutputReceiver out) {
      for (Batch<E> batch : shard.getValue()) {
        folder.add(batch);
      }
      for (Map.Entry<String, Entry<E>> key : folder.byKey().entrySet()) {
        folder
            .folder()
            .apply(key.getKey(), null, key.getValue(), KeyFolder.NEVER, new InMemory(), folder);
        if (folder.rowCount() >= ROWS_PER_BATCH) {
          folder.flushRows(out.get(rows)::output);
        }
      }
      folder.finish(out.get(rows)::output, out.get(deadLetters)::output);
    }
  }

  /** Live: batch by batch, the past in state. */
  static final class FoldBatch<E, R> extends DoFn<KV<Integer, Batch<E>>, Batch<R>> {
    private final Fold<E, R> fold;
    private final TupleTag<Batch<R>> rows;
    private final TupleTag<DeadLetter> deadLetters;
    private final long reach;
    private final long tick;

    /** How far behind the watermark the past stays open, against logs whose clocks disagree. */
    private final long slack;

    private transient BatchFolder<E, R> folder;

    @StateId("keys")
    private final StateSpec<MapState<String, KeyHistory>> keySpec;

    @StateId("chunks")
    private final StateSpec<MapState<String, Chunk>> chunkSpec;

    @StateId("clock")
    private final StateSpec<ValueState<ShardClock>> clockSpec =
        StateSpecs.value(new ShardClock.ClockCoder());

    @TimerId("tick")
    private final TimerSpec tickSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    FoldBatch(Fold<E, R> fold, TupleTag<Batch<R>> rows, TupleTag<DeadLetter> deadLetters) {
      this.fold = fold;
      this.rows = rows;
      this.deadLetters = deadLetters;
      this.reach = reach(fold);
      this.tick = Math.max(1, reach / CLOCK_TICKS);
      this.slack = 2 * tick;
      this.keySpec =
          StateSpecs.map(StringUtf8Coder.of(), new KeyHistoryCoder(fold.series().size()));
      this.chunkSpec = StateSpecs.map(StringUtf8Coder.of(), new KeyHistoryCoder.OfChunk());
    }

    @Setup
    public void setup() {
      folder = new BatchFolder<>(fold);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Batch<E>> shard,
        @StateId("keys") MapState<String, KeyHistory> keys,
        @StateId("chunks") MapState<String, Chunk> chunks,
        @StateId("clock") ValueState<ShardClock> clock,
        @TimerId("tick") Timer timer,
        MultiOutputReceiver out) {
      folder.add(shard.getValue());
      if (folder.byKey().isEmpty()) {
        return;
      }
      ShardClock now = clock.read();
      if (now == null) {
        // The tick of the oldest event: the watermark may already have passed it.
        long start = Math.floorDiv(folder.oldest(), tick) * tick;
        now = ShardClock.of(KeyFolder.NEVER, KeyFolder.NEVER, start);
        timer.set(Instant.ofEpochMilli(start + tick));
      }
      if (folder.newest() > now.newest()) {
        long newest = Math.floorDiv(folder.newest(), tick) * tick + tick;
        if (now.newest() < now.settleBefore()) {
          // The shard was idle, its tick is far ahead.
          timer.set(Instant.ofEpochMilli(newest));
        }
        clock.write(ShardClock.of(now.settleBefore(), newest, now.swept()));
      }
      InState store = new InState(chunks);
      for (Map.Entry<String, Entry<E>> key : folder.byKey().entrySet()) {
        KeyHistory before = keys.get(key.getKey()).read();
        keys.put(
            key.getKey(),
            folder
                .folder()
                .apply(key.getKey(), before, key.getValue(), now.settleBefore(), store, folder));
      }
      folder.finish(out.get(rows)::output, out.get(deadLetters)::output);
    }

    @OnTimer("tick")
    public void tick(
        OnTimerContext context,
        @StateId("keys") MapState<String, KeyHistory> keys,
        @StateId("chunks") MapState<String, Chunk> chunks,
        @StateId("clock") ValueState<ShardClock> clock,
        @TimerId("tick") Timer timer) {
      ShardClock now = clock.read();
      if (now == null) {
        return;
      }
      long watermark = context.fireTimestamp().getMillis();
      long settleBefore = Math.max(now.settleBefore(), watermark - slack);
      boolean sweep = watermark - now.swept() >= reach / SWEEPS || watermark > now.newest() + reach;
      if (sweep && sweep(keys, new InState(chunks), settleBefore)) {
        clock.clear();
        return;
      }
      clock.write(ShardClock.of(settleBefore, now.newest(), sweep ? watermark : now.swept()));
      // With everything settled, the next thing to do is to forget it.
      long next =
          settleBefore <= now.newest() ? watermark + tick : now.newest() + reach + slack + tick;
      timer.set(Instant.ofEpochMilli(Math.max(next, watermark + 1)));
    }

    /** Settles and forgets in every key where it is time to; says whether nothing is left. */
    private boolean sweep(MapState<String, KeyHistory> keys, ChunkStore store, long settleBefore) {
      Map<String, KeyHistory> changed = new HashMap<>();
      int left = 0;
      for (Map.Entry<String, KeyHistory> key : keys.entries().read()) {
        if (!key.getValue().isDue(settleBefore)) {
          left++;
          continue;
        }
        KeyHistory after =
            folder.folder().apply(key.getKey(), key.getValue(), null, settleBefore, store, folder);
        changed.put(key.getKey(), after);
        left += after.isEmpty() ? 0 : 1;
      }
      for (Map.Entry<String, KeyHistory> key : changed.entrySet()) {
        if (key.getValue().isEmpty()) {
          keys.remove(key.getKey());
        } else {
          keys.put(key.getKey(), key.getValue());
        }
      }
      return left == 0;
    }
  }

  /** Spilled chunks of a bounded input: none ever settles. */
  static final class InMemory implements ChunkStore {
    private final Map<String, Chunk> chunks = new HashMap<>();

    @Override
    public Chunk load(String key, int series, int id) {
      return present(chunks.get(name(key, series, id)));
    }

    @Override
    public void save(String key, int series, Chunk chunk) {
      chunks.put(name(key, series, chunk.id), chunk);
    }

    @Override
    public void remove(String key, int series, int id) {
      chunks.remove(name(key, series, id));
    }
  }

  /** Spilled chunks in the shard's state. */
  private static final class InState implements ChunkStore {
    private final MapState<String, Chunk> chunks;

    InState(MapState<String, Chunk> chunks) {
      this.chunks = chunks;
    }

    @Override
    public Chunk load(String key, int series, int id) {
      return present(chunks.get(name(key, series, id)).read());
    }

    @Override
    public void save(String key, int series, Chunk chunk) {
      chunks.put(name(key, series, chunk.id), chunk);
    }

    @Override
    public void remove(String key, int series, int id) {
      chunks.remove(name(key, series, id));
    }
  }

  private static String name(String key, int series, int id) {
    return series + "/" + id + "/" + key;
  }

  private static Chunk present(@Nullable Chunk chunk) {
    if (chunk == null) {
      throw new IllegalStateException("a spilled chunk is missing from the state");
    }
    return chunk;
  }
}
