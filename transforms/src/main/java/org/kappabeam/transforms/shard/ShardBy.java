package org.kappabeam.transforms.shard;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.joda.time.Instant;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;

/** Sends the rows of one stage to the keys of the next, in batches by shard. */
public final class ShardBy<I, T>
    extends PTransform<PCollection<Batch<I>>, PCollection<KV<Integer, Batch<T>>>> {
  /** Rows of a bounded collection that are kept waiting. */
  private static final int MAX_ROWS = 16_384;

  private final SerializableFunction<I, T> mapping;
  private final SerializableFunction<T, String> key;
  private final Coder<T> coder;
  private final int shards;

  private ShardBy(
      SerializableFunction<I, T> mapping,
      SerializableFunction<T, String> key,
      Coder<T> coder,
      int shards) {
    this.mapping = mapping;
    this.key = key;
    this.coder = coder;
    this.shards = shards;
  }

  /**
   * A transform from rows to the next stage's values.
   *
   * @param mapping from what arrives to what the next stage takes
   * @param key the next stage's key
   */
  public static <I, T> ShardBy<I, T> of(
      SerializableFunction<I, T> mapping,
      SerializableFunction<T, String> key,
      Coder<T> coder,
      int shards) {
    return new ShardBy<>(mapping, key, coder, shards);
  }

  /** The coder of what arrives at a keyed stage. */
  public static <T> Coder<KV<Integer, Batch<T>>> coder(Coder<T> valueCoder) {
    return KvCoder.of(VarIntCoder.of(), BatchCoder.of(valueCoder));
  }

  @Override
  public PCollection<KV<Integer, Batch<T>>> expand(PCollection<Batch<I>> rows) {
    // A bounded collection may come in one bundle; of a live one each has its own time, and only
    // the end of the bundle can give them all the earliest.
    int maxRows = rows.isBounded() == IsBounded.BOUNDED ? MAX_ROWS : Integer.MAX_VALUE;
    return rows.apply("By shard", ParDo.of(new ByShard<>(mapping, key, coder, shards, maxRows)))
        .setCoder(coder(coder));
  }

  /**
   * Maps rows and sorts them by shard. Under load it collects the rows of a whole bundle first:
   * each batch that comes in holds rows for every shard, and passed on at once they would be a few
   * rows apiece. When little comes in, rows do not wait.
   */
  static final class ByShard<I, T> extends DoFn<Batch<I>, KV<Integer, Batch<T>>> {
    /** Two bundles in a row with fewer rows than this are no load. */
    static final int LOAD = 1_000;

    private final SerializableFunction<I, T> mapping;
    private final SerializableFunction<T, String> key;
    private final Coder<T> coder;
    private final int shards;
    private final int maxRows;
    private transient Sharder<T> sharder;

    /** Rows that are kept waiting. */
    private transient int rows;

    private transient Instant earliest;
    private transient long rowsOfBundle;
    private transient long rowsOfLastBundle;

    ByShard(
        SerializableFunction<I, T> mapping,
        SerializableFunction<T, String> key,
        Coder<T> coder,
        int shards,
        int maxRows) {
      this.mapping = mapping;
      this.key = key;
      this.coder = coder;
      this.shards = shards;
      this.maxRows = maxRows;
    }

    @Setup
    public void setup() {
      sharder = new Sharder<>(shards, coder);
    }

    @StartBundle
    public void startBundle() {
      // What a failed bundle left behind comes again with its retry.
      sharder.clear();
      rows = 0;
      earliest = BoundedWindow.TIMESTAMP_MAX_VALUE;
      rowsOfLastBundle = rowsOfBundle;
      rowsOfBundle = 0;
    }

    @ProcessElement
    public void process(
        @Element Batch<I> batch,
        @Timestamp Instant timestamp,
        OutputReceiver<KV<Integer, Batch<T>>> out) {
      for (I row : batch.values()) {
        T value = mapping.apply(row);
        sharder.add(key.apply(value), value);
      }
      rows += batch.size();
      rowsOfBundle += batch.size();
      earliest = timestamp.isBefore(earliest) ? timestamp : earliest;
      if (rows >= maxRows || rowsOfLastBundle + rowsOfBundle < LOAD) {
        sharder.flush(null, (shard, part) -> out.output(KV.of(shard, part)));
        rows = 0;
        earliest = BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      // The earliest timestamp, so that the watermark waits for all of them.
      sharder.flush(
          null,
          (shard, part) -> context.output(KV.of(shard, part), earliest, GlobalWindow.INSTANCE));
    }
  }
}
