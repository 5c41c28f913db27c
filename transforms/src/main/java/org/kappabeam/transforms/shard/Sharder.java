package org.kappabeam.transforms.shard;

import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchWriter;

/**
 * Sorts the values of one batch into shards. A shard is a hash class of keys: one element on its
 * way between two stages carries many events of many keys. One per worker thread; not thread-safe.
 */
public final class Sharder<T> {
  private final BatchWriter<T>[] slots;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  public Sharder(int shards, Coder<T> coder) {
    if (shards < 1) {
      throw new IllegalArgumentException("shards: " + shards);
    }
    slots = new BatchWriter[shards];
    Arrays.setAll(slots, shard -> new BatchWriter<>(coder));
  }

  /** The shard of a key: the same on every machine, for a given number of shards. */
  public static int shardOf(String key, int shards) {
    int h = key.hashCode() * 0x9E3779B9;
    return Math.floorMod(h ^ (h >>> 15), shards);
  }

  /** Adds a value that came from no log position of its own. */
  public void add(String key, T value) {
    slots[shardOf(key, slots.length)].add(value);
  }

  public void add(String key, T value, long offset, long logTime) {
    slots[shardOf(key, slots.length)].add(value, offset, logTime);
  }

  /** Forgets what was added. */
  public void clear() {
    for (BatchWriter<T> slot : slots) {
      slot.clear();
    }
  }

  /**
   * Hands on a batch per shard that got values, and is empty again.
   *
   * @param partition the log partition all values came from, or {@code null}
   */
  public void flush(@Nullable String partition, ShardOutput<T> out) {
    for (int shard = 0; shard < slots.length; shard++) {
      BatchWriter<T> slot = slots[shard];
      if (!slot.isEmpty()) {
        out.accept(shard, slot.toBatch(partition));
      }
    }
  }

  /** Takes the batch of one shard. */
  @FunctionalInterface
  public interface ShardOutput<T> {
    void accept(int shard, Batch<T> batch);
  }
}
