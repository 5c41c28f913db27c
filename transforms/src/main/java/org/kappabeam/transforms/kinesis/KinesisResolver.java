package org.kappabeam.transforms.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogBound;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Pins words and instants to places in the shards. Kinesis answers no such question, so it is read:
 * the first record from a place on; the last record, looking back in growing steps; and, where
 * records carry their own log time, everything up to the first one of an instant.
 */
final class KinesisResolver {
  /** How far to look back for the last record of a shard, in milliseconds; then from the start. */
  private static final List<Long> LOOK_BACK =
      List.of(TimeUnit.MINUTES.toMillis(1), TimeUnit.HOURS.toMillis(1), TimeUnit.DAYS.toMillis(1));

  private final KinesisClient client;
  private final KinesisUri uri;

  KinesisResolver(KinesisClient client, KinesisUri uri) {
    this.client = client;
    this.uri = uri;
  }

  Slice resolve(LogBound from, LogBound until) {
    List<Slice.Range> ranges = new ArrayList<>();
    for (Shard shard : KinesisClients.shards(client, uri)) {
      ranges.add(range(shard, from, until));
    }
    return Slice.of(ranges);
  }

  private Slice.Range range(Shard shard, LogBound from, LogBound until) {
    String id = shard.shardId();
    boolean open = until.text().equals(LogBound.NEVER);
    boolean earliest = from.text().equals(LogBound.EARLIEST);
    if (open && earliest) {
      // What is the first record may change before it is read; there is no end to hold on to.
      return Slice.Range.ofText(id, KinesisBound.START.toString(), null);
    }
    KinesisBound end = end(shard);
    KinesisBound first = from.text().equals(LogBound.LATEST) ? end : first(id, from.instant(), end);
    if (open) {
      return Slice.Range.ofText(id, first.toString(), null);
    }
    KinesisBound last = until.instant() == null ? end : first(id, until.instant(), end);
    KinesisBound later = last.compareTo(first) < 0 ? first : last;
    return Slice.Range.ofText(id, first.toString(), later.toString());
  }

  /** The place behind everything that was in the shard when this was called, or more. */
  private KinesisBound end(Shard shard) {
    if (shard.sequenceNumberRange().endingSequenceNumber() != null) {
      return KinesisBound.END;
    }
    long now = System.currentTimeMillis();
    for (long back : LOOK_BACK) {
      KinesisBound end = last(KinesisPages.since(client, uri, shard.shardId(), now - back), now);
      if (end != null) {
        return end;
      }
    }
    KinesisBound end =
        last(KinesisPages.from(client, uri, shard.shardId(), KinesisBound.START), now);
    return end == null ? KinesisBound.START : end;
  }

  /** Behind the last of the records, or {@code null} if there is none. */
  private static @Nullable KinesisBound last(KinesisPages pages, long now) {
    KinesisBound last = null;
    while (true) {
      KinesisPages.Page page = pages.await(KinesisPages.MAX_RECORDS);
      boolean beyond = false;
      for (KinesisRecord record : page.records()) {
        last = KinesisBound.after(record.number());
        beyond |= record.arrival() > now;
      }
      // A stream in use has no end to reach: whoever writes now is later.
      if (page.last() || page.caughtUp() || beyond) {
        return last;
      }
    }
  }

  /**
   * Before the first record of that log time or later.
   *
   * @param instant {@code null} for the first record of all
   * @return {@code end} if there is none before it
   */
  private KinesisBound first(String shard, @Nullable Long instant, KinesisBound end) {
    boolean byArrival = instant != null && !uri.enveloped();
    if (byArrival && instant > System.currentTimeMillis()) {
      return end; // Kinesis refuses to look into the future.
    }
    KinesisPages pages =
        byArrival
            ? KinesisPages.since(client, uri, shard, instant)
            : KinesisPages.from(client, uri, shard, KinesisBound.START);
    while (true) {
      KinesisPages.Page page = pages.await(instant == null ? 1 : KinesisPages.MAX_RECORDS);
      for (KinesisRecord record : page.records()) {
        if (!end.isAfter(record.number())) {
          return end;
        }
        if (instant == null || record.logTime() >= instant) {
          return KinesisBound.before(record.number());
        }
      }
      if (page.last() || page.caughtUp()) {
        return end;
      }
    }
  }
}
