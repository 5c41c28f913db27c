package org.kappabeam.transforms.kinesis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.transforms.log.LogTimes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Looks at the newest records of the shards that other readers read: the log's clock, where log
 * times are the writers' own. Kinesis answers no question for the newest log time, so a few of the
 * latest records are sampled. That gives a time the log has really reached, which may lag behind
 * the newest by some seconds, and never runs ahead of it.
 *
 * <p>Costs one of the five reads a second of each shard per turn, so turns are rare, and there are
 * none while the reader has records to read.
 */
final class KinesisTips implements Runnable {
  static final long EVERY_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(KinesisTips.class);
  private static final int SAMPLE = 1_000;

  /** Where to look for the latest records of a shard, in milliseconds before now; then anywhere. */
  private static final List<Long> LOOK_BACK =
      List.of(
          TimeUnit.SECONDS.toMillis(5), TimeUnit.MINUTES.toMillis(10), TimeUnit.DAYS.toMillis(1));

  /** A sample so old is given up for a later place, if there is one. */
  private static final long OLD_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private static final int TURNS_BETWEEN_LISTS = 15;

  private final KinesisClient client;
  private final KinesisUri uri;
  private final Set<String> own;
  private final Map<String, @Nullable KinesisPages> others = new HashMap<>();
  private int turns;
  private volatile boolean wanted;
  private volatile long newest = LogTimes.NO_TIME;

  /**
   * @param own the reader's own shards, which it knows itself; a copy
   */
  KinesisTips(KinesisClient client, KinesisUri uri, Set<String> own) {
    this.client = client;
    this.uri = uri;
    this.own = Set.copyOf(own);
  }

  /** Whether the reader needs to know. */
  void wanted(boolean whether) {
    wanted = whether;
  }

  /** The newest log time seen, {@link LogTimes#NO_TIME} before any. */
  long newest() {
    return newest;
  }

  @Override
  public void run() {
    if (!wanted) {
      return;
    }
    try {
      if (turns++ % TURNS_BETWEEN_LISTS == 0) {
        list();
      }
      others.replaceAll(this::sample);
    } catch (RuntimeException e) {
      // Asked again at the next turn; the reader itself finds out if the stream is gone.
      LOG.debug("Cannot ask for the clock of {}", uri.place(), e);
    }
  }

  private void list() {
    Map<String, @Nullable KinesisPages> before = Map.copyOf(withoutNulls());
    others.clear();
    for (Shard shard : KinesisClients.shards(client, uri)) {
      if (!own.contains(shard.shardId())) {
        others.put(shard.shardId(), before.get(shard.shardId()));
      }
    }
  }

  private Map<String, KinesisPages> withoutNulls() {
    Map<String, KinesisPages> present = new HashMap<>();
    others.forEach(
        (shard, pages) -> {
          if (pages != null) {
            present.put(shard, pages);
          }
        });
    return present;
  }

  /** Samples a shard and returns from where to go on, {@code null} to look for a place anew. */
  private @Nullable KinesisPages sample(String shard, @Nullable KinesisPages pages) {
    if (pages != null) {
      KinesisPages.Page page = pages.next(SAMPLE);
      boolean old = page != null && !page.caughtUp() && isOld(page.records());
      if (page != null) {
        observe(page.records());
      }
      return old || (page != null && page.last()) ? null : pages;
    }
    long now = System.currentTimeMillis();
    for (long back : LOOK_BACK) {
      KinesisPages since = KinesisPages.since(client, uri, shard, now - back);
      KinesisPages.Page page = since.next(SAMPLE);
      if (page != null && !page.records().isEmpty()) {
        observe(page.records());
        return since;
      }
    }
    KinesisPages all = KinesisPages.from(client, uri, shard, KinesisBound.START);
    KinesisPages.Page page = all.next(SAMPLE);
    if (page != null) {
      observe(page.records());
    }
    return all;
  }

  private static boolean isOld(List<KinesisRecord> records) {
    return !records.isEmpty()
        && records.get(records.size() - 1).arrival() < System.currentTimeMillis() - OLD_MILLIS;
  }

  private void observe(List<KinesisRecord> records) {
    long latest = newest;
    for (KinesisRecord record : records) {
      latest = Math.max(latest, record.logTime());
    }
    newest = latest;
  }
}
