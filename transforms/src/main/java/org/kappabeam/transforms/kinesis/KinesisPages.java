package org.kappabeam.transforms.kinesis;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Reads one shard, page by page. Keeps to the five reads a second that Kinesis allows per shard, if
 * the caller waits for its turn; renews what expires; waits out what passes. One thread at a time.
 */
final class KinesisPages {
  /** The most records of a page. */
  static final int MAX_RECORDS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(KinesisPages.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(210);

  /** Where there is nothing to catch up with, other consumers of the stream get their share. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Kinesis may be away, or throttle, for so long; then it is a failure. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /**
   * What one question brought.
   *
   * @param caughtUp whether there was nothing more when it was asked
   * @param shards all shards of the stream if this one is closed and ends here, else {@code null}
   * @param wallAsked when it was asked, in milliseconds since the epoch
   * @param asked the same in milliseconds of a clock that never goes back
   */
  record Page(
      List<KinesisRecord> records,
      boolean caughtUp,
      @Nullable List<Shard> shards,
      long wallAsked,
      long asked) {

    /** Whether the shard is closed and ends here. */
    boolean last() {
      return shards != null;
    }
  }

  private final KinesisClient client;
  private final KinesisUri uri;
  private final String shard;
  private GetShardIteratorRequest.Builder start;
  private @Nullable BigInteger expected;
  private @Nullable String iterator;
  private long nextTurn = System.nanoTime();
  private long failingSince;
  private boolean failing;

  private KinesisPages(
      KinesisClient client, KinesisUri uri, String shard, GetShardIteratorRequest.Builder start) {
    this.client = client;
    this.uri = uri;
    this.shard = shard;
    this.start = start;
  }

  /** From a place on. If that is before a record, the record has to be there. */
  static KinesisPages from(KinesisClient client, KinesisUri uri, String shard, KinesisBound bound) {
    KinesisPages pages = new KinesisPages(client, uri, shard, bound.iterator());
    if (!bound.after() && !bound.isStart()) {
      pages.expected = bound.number();
    }
    return pages;
  }

  /** From the first record that arrived at an instant or later. */
  static KinesisPages since(
      KinesisClient client, KinesisUri uri, String shard, long arrivalMillis) {
    return new KinesisPages(
        client,
        uri,
        shard,
        GetShardIteratorRequest.builder()
            .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
            .timestamp(Instant.ofEpochMilli(arrivalMillis)));
  }

  /** How long to wait before the next question, in nanoseconds. */
  long pause() {
    return Math.max(0, nextTurn - System.nanoTime());
  }

  /** Waits for the turn, then asks until there is an answer. */
  Page await(int limit) {
    while (true) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while reading " + shard);
      }
      Page page = next(limit);
      if (page != null) {
        return page;
      }
    }
  }

  /**
   * Asks once.
   *
   * @return {@code null} if there was no answer this time: ask again after {@link #pause}
   * @throws KappaException if there will be none, or if records are lost
   */
  @Nullable Page next(int limit) {
    long wallAsked = System.currentTimeMillis();
    long asked = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    nextTurn = System.nanoTime() + PAUSE_NANOS;
    GetRecordsResponse answer;
    try {
      if (iterator == null) {
        iterator =
            client
                .getShardIterator(start.streamName(uri.stream()).shardId(shard).build())
                .shardIterator();
      }
      answer =
          client.getRecords(
              GetRecordsRequest.builder().shardIterator(iterator).limit(limit).build());
    } catch (ExpiredIteratorException e) {
      LOG.debug("Renewing the iterator of {} of {}", shard, uri.place(), e);
      iterator = null;
      return null;
    } catch (SdkException e) {
      if (!KinesisClients.isTransient(e) || isOutOfPatience()) {
        throw KinesisClients.failure(uri, e);
      }
      LOG.debug("No answer from {} of {}", shard, uri.place(), e);
      nextTurn = System.nanoTime() + RETRY_NANOS;
      return null;
    }
    failing = false;
    iterator = answer.nextShardIterator();
    List<KinesisRecord> records = new ArrayList<>(answer.records().size());
    for (Record record : answer.records()) {
      records.add(KinesisRecord.of(uri, shard, record));
    }
    if (!records.isEmpty()) {
      check(records.get(0).number());
      start = KinesisBound.after(records.get(records.size() - 1).number()).iterator();
    }
    Long behind = answer.millisBehindLatest();
    boolean caughtUp = behind != null && behind == 0;
    if (caughtUp) {
      nextTurn += IDLE_NANOS - PAUSE_NANOS;
    }
    return new Page(
        records,
        caughtUp,
        iterator == null ? KinesisClients.shards(client, uri) : null,
        wallAsked,
        asked);
  }

  private boolean isOutOfPatience() {
    long now = System.nanoTime();
    if (!failing) {
      failing = true;
      failingSince = now;
    }
    return now - failingSince > PATIENCE_NANOS;
  }

  /** A stream forgets from its beginning, so it is the first record that shows a loss. */
  private void check(BigInteger first) {
    if (expected != null && !expected.equals(first)) {
      throw lost(uri, shard, expected.toString(), "the first available is " + first);
    }
    expected = null;
  }

  /** The failure of a read whose records the stream no longer has. */
  static KappaException lost(KinesisUri uri, String shard, String from, String instead) {
    return new KappaException(
        shard + " of " + uri.place() + " has lost records from " + from + " on; " + instead,
        "resolve the slice anew or read the archive, and raise the stream's retention");
  }
}
