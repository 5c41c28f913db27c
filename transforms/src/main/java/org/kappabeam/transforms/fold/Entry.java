package org.kappabeam.transforms.fold;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An event while it is worked on: with its place in the log, for a dead letter if it should turn
 * out to contradict another. In state it is bytes ({@link EntryBytes}).
 */
final class Entry<E> {
  /** More contradicting variants of one event than this are refused but not remembered. */
  static final int MAX_LOSERS = 8;

  /** One contradicting variant outweighs every row that one variant alone could have been given. */
  static final int VARIANT_SHIFT = 40;

  private final Fold<E, ?> fold;
  final E event;
  final long time;

  /** The log partition, or {@code null} for a derived event. */
  final @Nullable String partition;

  final long offset;
  final long logTime;

  /** Variants of the event that contradicted it and lost. */
  final List<E> losers;

  /** The next event of the same key in a batch. */
  @Nullable Entry<E> next;

  /** Asked for only where events have equal times. */
  private @Nullable String id;

  /** Where it stands in the key's history: set for what is new or changed in the batch at hand. */
  int chunkId = -1;

  int index = -1;

  Entry(
      Fold<E, ?> fold,
      E event,
      @Nullable String partition,
      long offset,
      long logTime,
      List<E> losers) {
    this.fold = fold;
    this.event = event;
    this.time = fold.time(event);
    this.partition = partition;
    this.offset = offset;
    this.logTime = logTime;
    this.losers = losers;
  }

  String id() {
    if (id == null) {
      id = fold.id(event);
    }
    return id;
  }

  /** How many distinct events it stands for, in the rows of others. */
  long weight(boolean derived) {
    return derived ? fold.weight(event) : 1L + losers.size();
  }

  /** Event time first, then id: the order in which events count. */
  static int compare(Entry<?> a, Entry<?> b) {
    return a.time != b.time ? Long.compare(a.time, b.time) : a.id().compareTo(b.id());
  }
}
