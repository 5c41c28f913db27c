package org.kappabeam.transforms.cassandra;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.kappabeam.transforms.view.KeyRange;
import org.kappabeam.transforms.view.ViewValues;

/**
 * Cuts keys into ranges of about equal size from a sample of them. Buckets are chosen by hash, so
 * the keys of one bucket are spread over the whole order: reading one is enough for a large table.
 */
final class KeySample {
  /** Keys looked at for each range; cuts are off by about one part in its square root. */
  private static final int KEYS_PER_RANGE = 64;

  private final int ranges;
  private final List<String> keys = new ArrayList<>();
  private long seen;

  KeySample(int ranges) {
    this.ranges = ranges;
  }

  boolean isEnough() {
    return seen >= (long) KEYS_PER_RANGE * ranges;
  }

  /** Takes a bucket's keys, in order, thinned out evenly so that they fit into memory. */
  void addBucket(Iterator<String> bucket) {
    int limit = 2 * KEYS_PER_RANGE * ranges;
    List<String> taken = new ArrayList<>();
    long step = 1;
    for (long place = 0; bucket.hasNext(); place++) {
      String key = bucket.next();
      seen++;
      if (place % step == 0) {
        taken.add(key);
        if (taken.size() == limit) {
          // Every second one: those that the next step would have taken.
          for (int i = 0; i < limit / 2; i++) {
            taken.set(i, taken.get(2 * i));
          }
          taken.subList(limit / 2, limit).clear();
          step *= 2;
        }
      }
    }
    keys.addAll(taken);
  }

  List<KeyRange> ranges() {
    keys.sort(ViewValues::compareKeys);
    int step = Math.max(1, (keys.size() + ranges - 1) / ranges);
    List<KeyRange> cut = new ArrayList<>();
    String from = null;
    for (int i = step; i < keys.size(); i += step) {
      cut.add(KeyRange.of(from, keys.get(i)));
      from = keys.get(i);
    }
    cut.add(KeyRange.of(from, null));
    return cut;
  }
}
