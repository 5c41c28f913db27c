package org.kappabeam.transforms.kinesis;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Cuts what is read of a shard at the end of its range, and notices if that end is gone. */
final class KinesisCut {
  private final KinesisUri uri;
  private final String shard;
  private final @Nullable KinesisBound until;
  private boolean done;

  /**
   * @param until the end (exclusive), or {@code null} to read until the shard is closed
   */
  KinesisCut(KinesisUri uri, String shard, @Nullable KinesisBound until) {
    this.uri = uri;
    this.shard = shard;
    this.until = until;
  }

  /** Whether nothing of the range can follow any more. */
  boolean isDone() {
    return done;
  }

  /** There is nothing to read, or nothing more. */
  void finish() {
    done = true;
  }

  /**
   * The records of the page that are within the range.
   *
   * @throws org.kappabeam.coders.KappaException if the shard ends before the range does
   */
  List<KinesisRecord> within(KinesisPages.Page page) {
    List<KinesisRecord> records = page.records();
    if (until == null) {
      done = page.last();
      return records;
    }
    int n = 0;
    while (n < records.size() && until.isAfter(records.get(n).number())) {
      n++;
    }
    done =
        n < records.size()
            || (n > 0 && KinesisBound.after(records.get(n - 1).number()).equals(until));
    if (page.last() && until.equals(KinesisBound.END)) {
      done = true;
    }
    if (!done && (page.last() || (page.caughtUp() && records.isEmpty()))) {
      throw KinesisPages.lost(uri, shard, "its start", "it ends before " + until);
    }
    return n == records.size() ? records : records.subList(0, n);
  }
}
