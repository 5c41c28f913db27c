package org.kappabeam.transforms.shard;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;

/** Sends the rows of one stage to the keys of the next, in batches by shard. */
public final class ShardBy<I, T>
    extends PTransform<PCollection<Batch<I>>, PCollection<KV<Integer, Batch<T>>>> {
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
    return rows.apply("By shard", ParDo.of(new ByShard<>(mapping, key, shards)))
        .setCoder(coder(coder));
  }

  /** Maps the rows of one batch and sorts them by shard. */
  static final class ByShard<I, T> extends DoFn<Batch<I>, KV<Integer, Batch<T>>> {
    private final SerializableFunction<I, T> mapping;
    private final SerializableFunction<T, String> key;
    private final int shards;
    private transient Sharder<T> sharder;

    ByShard(SerializableFunction<I, T> mapping, SerializableFunction<T, String> key, int shards) {
      this.mapping = mapping;
      this.key = key;
      this.shards = shards;
    }

    @Setup
    public void setup() {
      sharder = new Sharder<>(shards);
    }

    @ProcessElement
    public void process(@Element Batch<I> batch, OutputReceiver<KV<Integer, Batch<T>>> out) {
      for (I row : batch.values()) {
        T value = mapping.apply(row);
        sharder.add(key.apply(value), value);
      }
      sharder.flush(null, (shard, part) -> out.output(KV.of(shard, part)));
    }
  }
}
