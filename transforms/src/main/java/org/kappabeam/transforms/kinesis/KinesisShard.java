package org.kappabeam.transforms.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.transforms.log.LogTimes;

/** One shard of a live reader: what is fetched but not emitted, and how far it has come. */
final class KinesisShard {
  /** A shard with so much in hand is not fetched. */
  private static final int ENOUGH_RECORDS = 2 * KinesisBatches.MAX_RECORDS;

  private static final int ENOUGH_BYTES = 8 * KinesisBatches.MAX_BYTES;

  /** A page of which everything up to {@code head} is emitted. */
  private static final class Fetched {
    final KinesisPages.Page page;
    final List<KinesisRecord> records;
    int head;

    Fetched(KinesisPages.Page page, List<KinesisRecord> records) {
      this.page = page;
      this.records = records;
    }
  }

  private final String name;
  private final KinesisPages pages;
  private final KinesisCut cut;
  private final Set<String> parents = new HashSet<>();
  private final Deque<Fetched> fetched = new ArrayDeque<>();
  private int bufferedRecords;
  private long bufferedBytes;
  private boolean fetching;
  private boolean behind = true;
  private KinesisBound next;
  private long logTime;
  private long seen;
  private long wallCaughtUp = LogTimes.NO_TIME;
  private long caughtUp = LogTimes.NO_TIME;

  KinesisShard(KinesisMark.Position start, KinesisPages pages, KinesisCut cut) {
    this.name = start.shard();
    this.pages = pages;
    this.cut = cut;
    this.next = start.next();
    this.logTime = start.logTime();
    this.seen = start.seen();
    if (start.finished()) {
      cut.finish();
    }
  }

  String name() {
    return name;
  }

  KinesisPages pages() {
    return pages;
  }

  /** Shards to be read to their end before this one. */
  Set<String> parents() {
    return parents;
  }

  KinesisMark.Position position() {
    return KinesisMark.Position.of(name, next, isFinished(), logTime, seen);
  }

  long logTime() {
    return logTime;
  }

  /**
   * Since when everything that had arrived is emitted, in milliseconds of the wall clock; {@link
   * LogTimes#NO_TIME} if it never was.
   */
  long wallCaughtUp() {
    return wallCaughtUp;
  }

  /** The same in milliseconds of the clock that never goes back. */
  long caughtUp() {
    return caughtUp;
  }

  boolean isEmpty() {
    return fetched.isEmpty();
  }

  long bufferedBytes() {
    return bufferedBytes;
  }

  /** Whether everything up to the end of the range or of the shard is emitted. */
  boolean isFinished() {
    return cut.isDone() && fetched.isEmpty();
  }

  /** Whether to ask for more. */
  boolean wantsMore() {
    return !fetching
        && !cut.isDone()
        && parents.isEmpty()
        && bufferedRecords < ENOUGH_RECORDS
        && bufferedBytes < ENOUGH_BYTES;
  }

  /** Whether nothing is in hand although the shard has more. */
  boolean isLagging() {
    return isEmpty() && behind && !cut.isDone() && parents.isEmpty();
  }

  void fetching() {
    fetching = true;
  }

  /** There was no answer. */
  void fetchedNothing() {
    fetching = false;
  }

  /** Takes over what a question brought. */
  void add(KinesisPages.Page page) {
    fetching = false;
    behind = !page.caughtUp();
    Fetched part = new Fetched(page, cut.within(page));
    part.records.forEach(record -> bufferedBytes += record.bytes());
    bufferedRecords += part.records.size();
    fetched.add(part);
    passEmitted();
  }

  /** The log time of the next record to emit. */
  long headTime() {
    Fetched first = fetched.element();
    return first.records.get(first.head).logTime();
  }

  /** How much log time lies between the next record and the last one fetched with it. */
  long headSpan() {
    List<KinesisRecord> records = fetched.element().records;
    return Math.max(0, records.get(records.size() - 1).logTime() - headTime());
  }

  /** Emits the next batch. */
  LogBatch take() {
    Fetched first = fetched.element();
    int end = KinesisBatches.end(first.records, first.head);
    LogBatch batch = KinesisBatches.batch(first.records, first.head, end);
    for (int i = first.head; i < end; i++) {
      KinesisRecord record = first.records.get(i);
      bufferedBytes -= record.bytes();
      reach(record.logTime());
      seen = Math.max(seen, record.arrival());
    }
    bufferedRecords -= end - first.head;
    next = KinesisBound.after(first.records.get(end - 1).number());
    first.head = end;
    passEmitted();
    return batch;
  }

  private void passEmitted() {
    while (!fetched.isEmpty() && fetched.element().head == fetched.element().records.size()) {
      KinesisPages.Page page = fetched.remove().page;
      if (page.caughtUp()) {
        caughtUp = Math.max(caughtUp, page.asked());
        wallCaughtUp = page.wallAsked();
        seen = Math.max(seen, page.wallAsked());
      }
    }
  }

  /** Moves the log time on; it never goes back. */
  void reach(long time) {
    logTime = Math.max(logTime, Math.min(time, LogTimes.LAST_TIME));
  }
}
