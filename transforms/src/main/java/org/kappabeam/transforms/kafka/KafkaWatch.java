package org.kappabeam.transforms.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.LogTimes;
import org.kappabeam.transforms.log.SettlingClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a live reader knows about the whole topic besides its own records: the log's clock and how
 * many partitions there are. The admin client asks in its own thread; the reader only looks.
 *
 * <p>A question that fails is asked again at the next turn and costs nothing but time: the consumer
 * is who finds out, and says, that the log is gone for good.
 */
final class KafkaWatch implements AutoCloseable {
  /**
   * How often to ask.
   *
   * @param refresh milliseconds between two looks at the log's clock
   * @param settle how long a time must have been known before it holds; see {@link SettlingClock}
   * @param discovery milliseconds between two looks for new partitions
   */
  record Pace(long refresh, long settle, long discovery) {
    static final Pace DEFAULT = new Pace(500, 1_000, 10_000);
  }

  /** How far the clocks of worker and broker may differ where append time follows the broker's. */
  static final long CLOCK_SKEW_MILLIS = 10_000;

  /** So many discoveries in a row must miss the topic until it counts as deleted. */
  private static final int MISSES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);

  private final KafkaUri uri;
  private final Admin admin;
  private final Pace pace;
  private final SettlingClock<Integer> clock;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile int partitions;
  private volatile boolean appendTime;
  private volatile int misses;
  private long nextRefresh = now();
  private long nextDiscovery = now();

  /**
   * @param partitions how many partitions are known to exist
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes the failure
  KafkaWatch(KafkaUri uri, Map<String, String> clientProperties, int partitions, Pace pace) {
    this.uri = uri;
    this.pace = pace;
    this.clock = new SettlingClock<>(pace.settle());
    this.partitions = partitions;
    this.admin = KafkaClients.admin(uri, clientProperties);
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, uri.topic());
    KafkaFuture<Config> config = admin.describeConfigs(List.of(topic)).values().get(topic);
    config.whenComplete(
        (answer, failure) -> {
          // Who may not see the configuration gets the clock that holds for every topic.
          appendTime =
              failure == null
                  && "LogAppendTime"
                      .equals(answer.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).value());
        });
  }

  /** How many partitions the topic has. */
  int partitions() {
    return partitions;
  }

  /** The newest log time of the whole log that has settled, or {@code null} before any. */
  SettlingClock.@Nullable Settled<Integer> logClock() {
    return clock.settled();
  }

  /**
   * Asks what is due; returns at once.
   *
   * @throws KappaException if the topic is gone
   */
  void turn() {
    long now = now();
    if (misses >= MISSES) {
      throw new KappaException(
          "topic '" + uri.topic() + "' at " + uri.servers() + " was deleted while it was read",
          "restore it, or stop this job");
    }
    if (now >= nextDiscovery) {
      nextDiscovery = now + pace.discovery();
      discover();
    }
    if (now >= nextRefresh && asking.compareAndSet(false, true)) {
      nextRefresh = now + pace.refresh();
      refresh(now);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes the failure
  private void discover() {
    KafkaFuture<TopicDescription> topic =
        admin.describeTopics(List.of(uri.topic())).topicNameValues().get(uri.topic());
    topic.whenComplete(
        (description, failure) -> {
          if (failure == null) {
            misses = 0;
            partitions = Math.max(partitions, description.partitions().size());
          } else if (failure instanceof UnknownTopicOrPartitionException) {
            missed();
          } else {
            LOG.debug("Cannot ask for the partitions of {}", uri, failure);
          }
        });
  }

  private synchronized void missed() {
    misses++;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes the failure
  private void refresh(long asked) {
    KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> times =
        admin.listOffsets(all(OffsetSpec.maxTimestamp())).all();
    KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> ends =
        // Uncommitted records count: they, too, hold the time back until they are decided.
        admin.listOffsets(all(OffsetSpec.latest())).all();
    long brokerClock = System.currentTimeMillis() - CLOCK_SKEW_MILLIS;
    times.whenComplete(
        (newest, noTimes) ->
            ends.whenComplete(
                (end, noEnds) -> {
                  if (noTimes == null && noEnds == null) {
                    observe(asked, newest, end, brokerClock);
                  } else {
                    LOG.debug(
                        "Cannot ask for the clock of {}", uri, noTimes != null ? noTimes : noEnds);
                  }
                  asking.set(false);
                }));
  }

  private void observe(
      long asked,
      Map<TopicPartition, ListOffsetsResultInfo> newest,
      Map<TopicPartition, ListOffsetsResultInfo> end,
      long brokerClock) {
    long logTime = LogTimes.NO_TIME;
    for (ListOffsetsResultInfo info : newest.values()) {
      // -1: the partition is empty
      if (info.timestamp() >= 0) {
        logTime = Math.max(logTime, info.timestamp());
      }
    }
    if (appendTime && logTime != LogTimes.NO_TIME) {
      logTime = Math.max(logTime, brokerClock);
    }
    Map<Integer, Long> ends = new HashMap<>();
    end.forEach((partition, info) -> ends.put(partition.partition(), info.offset()));
    clock.observe(asked, now(), logTime, ends);
  }

  private Map<TopicPartition, OffsetSpec> all(OffsetSpec spec) {
    return IntStream.range(0, partitions)
        .mapToObj(partition -> new TopicPartition(uri.topic(), partition))
        .collect(Collectors.toMap(Function.identity(), partition -> spec));
  }

  /** For pacing only. */
  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public void close() {
    KafkaClients.close(admin);
  }
}
