package org.kappabeam.transforms.fold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.observe.Conservation;

/**
 * What live and replay share between Beam and {@link KeyFolder}: sorts a batch's events by key,
 * collects rows, hands on dead letters, counts. One per worker thread.
 */
final class BatchFolder<E, R> implements FoldOutput<E, R> {
  private final Fold<E, R> fold;
  private final KeyFolder<E, R> folder;
  private final Counter foldedCounter = Conservation.foldedCounter();
  private final Counter duplicateCounter = Conservation.duplicateCounter();
  private final Counter deadCounter = Conservation.deadCounter();
  private final Counter lostCounter = Conservation.lostCounter();

  private final Map<String, Entry<E>> byKey = new LinkedHashMap<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private List<R> rows = new ArrayList<>();
  private long newest = Long.MIN_VALUE;
  private long oldest = Long.MAX_VALUE;
  private long folded;
  private long duplicates;
  private long lost;

  BatchFolder(Fold<E, R> fold) {
    this.fold = fold;
    this.folder = new KeyFolder<>(fold);
  }

  KeyFolder<E, R> folder() {
    return folder;
  }

  void add(Batch<E> batch) {
    List<E> events = batch.values();
    for (int i = 0; i < events.size(); i++) {
      E event = events.get(i);
      Entry<E> entry =
          new Entry<>(fold, event, batch.partition(), batch.offset(i), batch.logTime(i), List.of());
      newest = Math.max(newest, entry.time);
      oldest = Math.min(oldest, entry.time);
      entry.next = byKey.put(fold.key(event), entry);
    }
  }

  /** The events added since the last {@link #finish}, by key, chained. */
  Map<String, Entry<E>> byKey() {
    return byKey;
  }

  long newest() {
    return newest;
  }

  long oldest() {
    return oldest;
  }

  int rowCount() {
    return rows.size();
  }

  /** Hands on the rows collected so far as one batch. */
  void flushRows(Consumer<Batch<R>> to) {
    if (!rows.isEmpty()) {
      to.accept(Batch.of(rows));
      rows = new ArrayList<>();
    }
  }

  /** Hands on everything, adds up the counters, and is ready for the next batch. */
  void finish(Consumer<Batch<R>> rowsTo, Consumer<DeadLetter> deadTo) {
    flushRows(rowsTo);
    deadLetters.forEach(deadTo);
    foldedCounter.inc(folded);
    duplicateCounter.inc(duplicates);
    lostCounter.inc(lost);
    deadCounter.inc(deadLetters.size());
    byKey.clear();
    deadLetters.clear();
    newest = Long.MIN_VALUE;
    oldest = Long.MAX_VALUE;
    folded = 0;
    duplicates = 0;
    lost = 0;
  }

  @Override
  public void row(R row) {
    rows.add(row);
  }

  @Override
  public void folded() {
    folded++;
  }

  @Override
  public void duplicate() {
    duplicates++;
  }

  @Override
  public void lost() {
    lost++;
  }

  @Override
  public void dead(DeadLetterReason reason, String detail, Entry<E> entry) {
    // A displaced variant had been counted as folded; the winner takes its place in that count.
    String partition = entry.partition == null ? "" : entry.partition;
    deadLetters.add(
        DeadLetter.of(
            reason,
            detail,
            LogRecord.of(
                LogPosition.of(partition, entry.offset),
                entry.logTime,
                null,
                fold.toMessage(entry.event),
                List.of())));
  }
}
