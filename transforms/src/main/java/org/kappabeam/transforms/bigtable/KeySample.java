package org.kappabeam.transforms.bigtable;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.view.KeyRange;

/** Every so-many-th of any number of sorted keys, in bounded memory. */
final class KeySample {
  private final int limit;
  private final List<String> kept = new ArrayList<>();
  private long stride = 1;
  private long seen;

  /**
   * @param limit how many keys to keep at most; at least 2
   */
  KeySample(int limit) {
    this.limit = limit;
  }

  /** Takes the next key, in key order. */
  void add(String key) {
    if (seen++ % stride != 0) {
      return;
    }
    if (kept.size() == limit) {
      for (int i = 0; 2 * i < limit; i++) {
        kept.set(i, kept.get(2 * i));
      }
      kept.subList((limit + 1) / 2, limit).clear();
      stride *= 2;
      if ((seen - 1) % stride != 0) {
        return;
      }
    }
    kept.add(key);
  }

  /** How many keys were seen. */
  long seen() {
    return seen;
  }

  /** Ranges that cover all keys, with about the same number of those seen in each. */
  List<KeyRange> ranges(int n) {
    int parts = Math.max(1, Math.min(n, kept.size()));
    List<KeyRange> ranges = new ArrayList<>(parts);
    @Nullable String from = null;
    for (int i = 1; i < parts; i++) {
      String until = kept.get((int) ((long) i * kept.size() / parts));
      ranges.add(KeyRange.of(from, until));
      from = until;
    }
    ranges.add(KeyRange.of(from, null));
    return ranges;
  }
}
