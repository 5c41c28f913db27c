package org.kappabeam.transforms.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.Batch;

/**
 * Sorts the values of one batch into shards. A shard is a hash class of keys: one element on its
 * way between two stages carries many events of many keys. One per worker thread; not thread-safe.
 */
public final class Sharder<T> {
  private final @Nullable Slot<T>[] slots;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no generic arrays
  public Sharder(int shards) {
    if (shards < 1) {
      throw new IllegalArgumentException("shards: " + shards);
    }
    slots = new Slot[shards];
  }

  /** The shard of a key: the same on every machine, for a given number of shards. */
  public static int shardOf(String key, int shards) {
    int h = key.hashCode() * 0x9E3779B9;
    return Math.floorMod(h ^ (h >>> 15), shards);
  }

  /** Adds a value that came from no log position of its own. */
  public void add(String key, T value) {
    add(key, value, -1, -1);
  }

  public void add(String key, T value, long offset, long logTime) {
    int shard = shardOf(key, slots.length);
    Slot<T> slot = slots[shard];
    if (slot == null) {
      slot = new Slot<>();
      slots[shard] = slot;
    }
    slot.add(value, offset, logTime);
  }

  /**
   * Hands on a batch per shard that got values, and is empty again.
   *
   * @param partition the log partition all values came from, or {@code null}
   */
  public void flush(@Nullable String partition, ShardOutput<T> out) {
    for (int shard = 0; shard < slots.length; shard++) {
      Slot<T> slot = slots[shard];
      if (slot != null) {
        slots[shard] = null;
        out.accept(shard, slot.toBatch(partition));
      }
    }
  }

  /** Takes the batch of one shard. */
  @FunctionalInterface
  public interface ShardOutput<T> {
    void accept(int shard, Batch<T> batch);
  }

  private static final class Slot<T> {
    private final List<T> values = new ArrayList<>();
    private long[] offsets = new long[16];
    private long[] logTimes = new long[16];

    void add(T value, long offset, long logTime) {
      int n = values.size();
      if (n == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * n);
        logTimes = Arrays.copyOf(logTimes, 2 * n);
      }
      offsets[n] = offset;
      logTimes[n] = logTime;
      values.add(value);
    }

    Batch<T> toBatch(@Nullable String partition) {
      int n = values.size();
      return partition == null
          ? Batch.of(values)
          : Batch.at(partition, Arrays.copyOf(offsets, n), Arrays.copyOf(logTimes, n), values);
    }
  }
}
