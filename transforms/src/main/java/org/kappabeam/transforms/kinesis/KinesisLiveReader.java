package org.kappabeam.transforms.kinesis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogPace;
import org.kappabeam.transforms.log.LogTimes;
import org.kappabeam.transforms.log.SettlingClock;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/**
 * Reads the shards of one split. Of several shards the one whose next record has the lowest log
 * time goes first, so that they stay roughly aligned while history is replayed. A shard that came
 * from others by resharding begins when those of them that this reader reads are emitted to their
 * end.
 */
final class KinesisLiveReader extends UnboundedSource.UnboundedReader<LogBatch> {
  /** How long to wait for records when there are none. */
  private static final long IDLE_MILLIS = 10;

  /** How long a shard that lags is waited for while others could go on. */
  private static final long ALIGN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How often the log's clock is looked at, and how long a time must be known before it holds. */
  private static final long CLOCK_MILLIS = 500;

  private static final long SETTLE_MILLIS = 1_000;

  /** How far the clocks of worker and Kinesis may differ where time of arrival is log time. */
  private static final long CLOCK_SKEW_MILLIS = 10_000;

  /** Where to begin in a shard, and where to end, if anywhere. */
  private record Start(KinesisMark.Position position, @Nullable KinesisBound until) {}

  private final KinesisLiveSource source;

  /** What holds until {@link #start}: a checkpoint may be taken before. */
  private final Map<String, Start> starts = new TreeMap<>();

  private final boolean open;
  private final Map<String, KinesisShard> shards = new TreeMap<>();
  private final SettlingClock<String> clock = new SettlingClock<>(SETTLE_MILLIS);

  private @Nullable KinesisClient client;
  private @Nullable KinesisFetcher fetcher;
  private @Nullable KinesisTips tips;
  private LogPace.@Nullable Runner pace;
  private @Nullable LogBatch current;
  private long newest = LogTimes.NO_TIME;
  private long nextLook;
  private boolean aligning;
  private long aligningSince;
  private long watermark = LogTimes.NO_TIME;

  /** Read by a runner's metrics thread. */
  private volatile long backlogBytes = BACKLOG_UNKNOWN;

  KinesisLiveReader(KinesisLiveSource source, @Nullable KinesisMark mark) {
    this.source = source;
    Map<String, KinesisMark.Position> marked = new TreeMap<>();
    if (mark != null) {
      mark.positions().forEach(position -> marked.put(position.shard(), position));
    }
    boolean anyOpen = false;
    for (Slice.Range range : source.ranges()) {
      String name = range.partition();
      String until = range.untilText();
      KinesisMark.Position position = marked.remove(name);
      anyOpen |= until == null;
      starts.put(
          name,
          new Start(
              position != null
                  ? position
                  : KinesisMark.Position.of(
                      name,
                      KinesisBound.parse(range.fromText()),
                      range.isEmpty() || KinesisBound.END.toString().equals(range.fromText()),
                      LogTimes.NO_TIME,
                      LogTimes.NO_TIME),
              until == null ? null : KinesisBound.parse(until)));
    }
    this.open = anyOpen;
    // Met by an earlier run of this reader.
    marked.forEach((name, position) -> starts.put(name, new Start(position, null)));
    for (Start start : starts.values()) {
      newest = Math.max(newest, start.position().logTime());
    }
  }

  @Override
  public boolean start() {
    client = KinesisClients.client(source.uri(), source.clientProperties());
    List<Shard> existing = KinesisClients.shards(client, source.uri());
    checkRetention();
    starts.values().forEach(this::add);
    for (Shard shard : existing) {
      KinesisShard known = shards.get(shard.shardId());
      if (known != null) {
        awaitParents(known, shard);
      }
    }
    fetcher = new KinesisFetcher(shards.size());
    pace = LogPace.join(source.id(), source.allowedLatenessMillis());
    if (open && source.uri().enveloped() && !source.isAlone()) {
      tips = new KinesisTips(client, source.uri(), shards.keySet());
      fetcher.repeat(tips, KinesisTips.EVERY_MILLIS);
    }
    return advance();
  }

  private KinesisShard add(Start start) {
    String name = start.position().shard();
    KinesisShard shard =
        new KinesisShard(
            start.position(),
            KinesisPages.from(client(), source.uri(), name, start.position().next()),
            new KinesisCut(source.uri(), name, start.until()));
    shards.put(name, shard);
    return shard;
  }

  private void awaitParents(KinesisShard child, Shard shard) {
    for (String name : KinesisLineage.parents(shard)) {
      KinesisShard parent = shards.get(name);
      if (parent != null && !parent.isFinished()) {
        child.parents().add(name);
      }
    }
  }

  /**
   * A stream forgets without a word what is older than its retention. Where a reader stood still
   * for longer, records it has not read may be gone.
   */
  private void checkRetention() {
    long seen = Long.MAX_VALUE;
    for (Start start : starts.values()) {
      KinesisMark.Position position = start.position();
      if (!position.finished() && position.seen() != LogTimes.NO_TIME) {
        seen = Math.min(seen, position.seen());
      }
    }
    if (seen == Long.MAX_VALUE) {
      return;
    }
    int hours;
    try {
      hours =
          client()
              .describeStreamSummary(request -> request.streamName(source.uri().stream()))
              .streamDescriptionSummary()
              .retentionPeriodHours();
    } catch (SdkException e) {
      throw KinesisClients.failure(source.uri(), e);
    }
    if (seen < System.currentTimeMillis() - TimeUnit.HOURS.toMillis(hours)) {
      throw new KappaException(
          source.uri().place()
              + " keeps records for "
              + hours
              + " hours, and this job has read it up to "
              + java.time.Instant.ofEpochMilli(seen)
              + " only",
          "records may be lost: begin anew from earliest or from the archive");
    }
  }

  @Override
  public boolean advance() {
    current = null;
    takeAnswers();
    boolean finished = true;
    KinesisShard first = null;
    boolean lagging = false;
    for (KinesisShard shard : shards.values()) {
      if (shard.wantsMore()) {
        fetcher().fetch(shard);
      }
      finished &= shard.isFinished();
      lagging |= shard.isLagging();
      if (!shard.isEmpty() && (first == null || shard.headTime() < first.headTime())) {
        first = shard;
      }
    }
    lookAtClock(first == null);
    if (first == null) {
      if (!lagging || finished) {
        pace().pause();
      }
    } else if (!mustAlign(lagging) && pace().mayGo(first.headTime(), first.headSpan())) {
      current = first.take();
      if (first.isFinished()) {
        releaseChildren(first);
      }
    }
    measureBacklog(lagging);
    return current != null;
  }

  /** Takes over what has come, and waits for a moment if there is nothing in hand. */
  private void takeAnswers() {
    boolean idle =
        shards.values().stream().allMatch(KinesisShard::isEmpty)
            && !shards.values().stream().allMatch(KinesisShard::isFinished);
    KinesisFetcher.Answer answer = fetcher().poll(idle ? IDLE_MILLIS : 0);
    while (answer != null) {
      take(answer);
      answer = fetcher().poll(0);
    }
  }

  private void take(KinesisFetcher.Answer answer) {
    if (answer.failure() != null) {
      throw answer.failure();
    }
    KinesisShard shard = answer.shard();
    KinesisPages.Page page = answer.page();
    if (page == null) {
      shard.fetchedNothing();
      return;
    }
    for (KinesisRecord record : page.records()) {
      newest = Math.max(newest, record.logTime());
    }
    shard.add(page);
    if (page.shards() != null) {
      addChildren(shard, page.shards());
    }
    if (shard.isFinished()) {
      releaseChildren(shard);
    }
  }

  /** A shard was closed: what came from it is read next, unless the slice says what is read. */
  private void addChildren(KinesisShard parent, List<Shard> existing) {
    Start start = starts.get(parent.name());
    if (start != null && start.until() != null) {
      return;
    }
    for (Shard shard : existing) {
      String name = shard.shardId();
      if (parent.name().equals(shard.parentShardId()) && !shards.containsKey(name)) {
        KinesisMark.Position fresh =
            KinesisMark.Position.of(
                name, KinesisBound.START, false, LogTimes.NO_TIME, LogTimes.NO_TIME);
        awaitParents(add(new Start(fresh, null)), shard);
      }
    }
  }

  /** Everything in a child arrived after everything in its parents. */
  private void releaseChildren(KinesisShard parent) {
    for (KinesisShard child : shards.values()) {
      if (child.parents().remove(parent.name())) {
        child.reach(parent.logTime());
      }
    }
  }

  private boolean mustAlign(boolean lagging) {
    long now = System.nanoTime();
    if (!lagging) {
      aligning = false;
      return false;
    }
    if (!aligning) {
      aligning = true;
      aligningSince = now;
    }
    return now - aligningSince < ALIGN_NANOS;
  }

  private void lookAtClock(boolean idle) {
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    if (tips != null) {
      tips.wanted(idle);
    }
    if (source.uri().enveloped() && now >= nextLook) {
      nextLook = now + CLOCK_MILLIS;
      // A shard that is caught up later than now is read to what its end is now.
      Map<String, Long> ends = new HashMap<>();
      shards.keySet().forEach(name -> ends.put(name, now));
      clock.observe(now, now, tips == null ? newest : Math.max(newest, tips.newest()), ends);
    }
    shards.values().forEach(this::followClock);
  }

  private void measureBacklog(boolean lagging) {
    long bytes = 0;
    for (KinesisShard shard : shards.values()) {
      bytes += shard.bufferedBytes();
    }
    backlogBytes = lagging ? BACKLOG_UNKNOWN : bytes;
  }

  @Override
  public LogBatch getCurrent() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    return current;
  }

  @Override
  public Instant getCurrentTimestamp() {
    return LogTimes.timestamp(getCurrent(), source.allowedLatenessMillis());
  }

  @Override
  public Instant getWatermark() {
    long lowest = Long.MAX_VALUE;
    boolean finished = true;
    for (KinesisShard shard : shards.values()) {
      if (!shard.isFinished()) {
        finished = false;
        // A shard that waits for its parents has them here: they hold the watermark for it.
        if (shard.parents().isEmpty()) {
          lowest = Math.min(lowest, shard.logTime());
        }
      }
    }
    if (client == null) {
      lowest = LogTimes.NO_TIME; // Nothing is known before the start.
    } else if (finished) {
      return BoundedWindow.TIMESTAMP_MAX_VALUE;
    }
    // A shard without any time yet makes the watermark wait; it does not go back.
    watermark = Math.max(watermark, LogTimes.watermark(lowest, source.allowedLatenessMillis()));
    return Instant.ofEpochMilli(watermark);
  }

  private void followClock(KinesisShard shard) {
    if (!source.uri().enveloped()) {
      if (shard.wallCaughtUp() != LogTimes.NO_TIME) {
        shard.reach(shard.wallCaughtUp() - CLOCK_SKEW_MILLIS);
      }
      return;
    }
    SettlingClock.Settled<String> settled = clock.settled();
    if (settled != null && settled.holdsFor(shard.name(), shard.caughtUp())) {
      shard.reach(settled.logTime());
    }
  }

  @Override
  public KinesisMark getCheckpointMark() {
    return KinesisMark.of(
        client == null
            ? starts.values().stream().map(Start::position).toList()
            : shards.values().stream().map(KinesisShard::position).toList());
  }

  @Override
  public long getSplitBacklogBytes() {
    return backlogBytes;
  }

  @Override
  public KinesisLiveSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (pace != null) {
      pace.leave();
      pace = null;
    }
    if (fetcher != null) {
      fetcher.close();
      fetcher = null;
    }
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private KinesisClient client() {
    if (client == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return client;
  }

  private KinesisFetcher fetcher() {
    if (fetcher == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return fetcher;
  }

  private LogPace.Runner pace() {
    if (pace == null) {
      throw new IllegalStateException("the reader is not started");
    }
    return pace;
  }
}
