package org.kappabeam.transforms.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

/** A Kafka topic as a log. */
public final class KafkaLog implements Log {
  private final KafkaUri uri;
  private final Map<String, String> clientProperties;

  private KafkaLog(KafkaUri uri, Map<String, String> clientProperties) {
    this.uri = uri;
    this.clientProperties = clientProperties;
  }

  /**
   * The topic that the URI names; does not connect yet.
   *
   * @param uri {@code kafka://host:9092[,host2:9092]/topic}
   * @param clientProperties settings of the Kafka client by Kafka's names. They travel with the
   *     pipeline, so write a secret as a reference, {@code ${env:NAME}} or {@code
   *     ${file:/path:key}}. {@code group.id} names the group that shows lag (default {@code
   *     kappa-<topic>}).
   * @throws KappaException if the URI has another form
   */
  public static KafkaLog of(String uri, Map<String, String> clientProperties) {
    return new KafkaLog(KafkaUri.parse(uri), Map.copyOf(clientProperties));
  }

  @Override
  public String uri() {
    return uri.toString();
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@code latest} is the end of what is committed. An instant is the first record at or after
   * it, per partition; a partition without such a record is pinned at its end.
   */
  @Override
  public Slice resolve(String from, String until) {
    LogBound start = LogBound.from(from);
    LogBound end = LogBound.until(until, start);
    Admin admin = KafkaClients.admin(uri, clientProperties);
    try {
      List<TopicPartition> partitions =
          KafkaClients.describe(admin, uri).partitions().stream()
              .map(info -> new TopicPartition(uri.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
      Map<TopicPartition, Long> firsts = resolve(admin, partitions, start, ends);
      Map<TopicPartition, Long> lasts = resolve(admin, partitions, end, ends);
      List<Slice.Range> ranges = new ArrayList<>(partitions.size());
      for (TopicPartition partition : partitions) {
        long first = firsts.get(partition);
        // Between the questions retention may have moved the start past the end.
        long last = Math.max(first, lasts.get(partition));
        ranges.add(Slice.Range.of(Integer.toString(partition.partition()), first, last));
      }
      return Slice.of(ranges);
    } finally {
      KafkaClients.close(admin);
    }
  }

  private Map<TopicPartition, Long> resolve(
      Admin admin,
      List<TopicPartition> partitions,
      LogBound bound,
      Map<TopicPartition, Long> ends) {
    Long instant = bound.instant();
    if (instant != null) {
      Map<TopicPartition, Long> found =
          offsets(admin, partitions, OffsetSpec.forTimestamp(Math.max(0, instant)));
      // -1: no record at or after the instant
      found.replaceAll((partition, offset) -> offset < 0 ? ends.get(partition) : offset);
      return found;
    }
    return switch (bound.text()) {
      case LogBound.EARLIEST -> offsets(admin, partitions, OffsetSpec.earliest());
      case LogBound.LATEST -> ends;
      default ->
          partitions.stream()
              .collect(Collectors.toMap(Function.identity(), partition -> Slice.Range.OPEN));
    };
  }

  private Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, ListOffsetsResultInfo> answer =
        KafkaClients.await(
            uri,
            admin
                .listOffsets(
                    partitions.stream()
                        .collect(Collectors.toMap(Function.identity(), partition -> spec)),
                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all());
    return answer.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> live(Slice slice, long allowedLatenessMillis) {
    if (allowedLatenessMillis < 0) {
      throw new IllegalArgumentException("allowed lateness " + allowedLatenessMillis);
    }
    return Read.from(liveSource(slice, allowedLatenessMillis));
  }

  KafkaLiveSource liveSource(Slice slice, long allowedLatenessMillis) {
    return new KafkaLiveSource(uri, clientProperties, slice, allowedLatenessMillis);
  }

  @Override
  public PTransform<PBegin, PCollection<LogBatch>> slice(Slice slice, int desiredRanges) {
    return Read.from(sliceSource(slice, desiredRanges));
  }

  KafkaSliceSource sliceSource(Slice slice, int desiredRanges) {
    if (!slice.isPinned()) {
      throw new IllegalArgumentException("a bounded read needs a pinned slice");
    }
    return new KafkaSliceSource(uri, clientProperties, slice.ranges(), desiredRanges);
  }

  /** {@inheritDoc} The name becomes part of the group's. */
  @Override
  public Log asConsumer(String name) {
    Map<String, String> properties = new HashMap<>(clientProperties);
    properties.compute(
        ConsumerConfig.GROUP_ID_CONFIG,
        (id, group) -> (group == null ? KafkaClients.group(uri) : group) + "-" + name);
    return new KafkaLog(uri, Map.copyOf(properties));
  }

  @Override
  public String toString() {
    return uri();
  }
}
