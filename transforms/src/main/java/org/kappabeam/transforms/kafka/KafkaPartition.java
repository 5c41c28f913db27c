package org.kappabeam.transforms.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.transforms.log.LogTimes;

/** One partition of a live reader: what is fetched but not emitted, and how far it has come. */
final class KafkaPartition {
  private final TopicPartition topicPartition;
  private final String name;
  private final long until;
  private final Deque<List<ConsumerRecord<byte[], byte[]>>> fetched = new ArrayDeque<>();
  private int head;
  private int bufferedRecords;
  private long bufferedBytes;
  private long next;
  private long logTime;

  KafkaPartition(TopicPartition topicPartition, long next, long until, long logTime) {
    this.topicPartition = topicPartition;
    this.name = Integer.toString(topicPartition.partition());
    this.next = next;
    this.until = until;
    this.logTime = logTime;
  }

  TopicPartition topicPartition() {
    return topicPartition;
  }

  int number() {
    return topicPartition.partition();
  }

  /** The offset of the next record to emit. */
  long next() {
    return next;
  }

  /** The newest log time emitted, or that of the log once the partition had nothing newer. */
  long logTime() {
    return logTime;
  }

  boolean isEmpty() {
    return fetched.isEmpty();
  }

  int bufferedRecords() {
    return bufferedRecords;
  }

  long bufferedBytes() {
    return bufferedBytes;
  }

  /** Whether everything up to the end of the slice is emitted. */
  boolean isFinished() {
    return next >= until;
  }

  /** Takes over what a poll returned. */
  void add(List<ConsumerRecord<byte[], byte[]>> records) {
    if (isFinished() || records.isEmpty()) {
      return;
    }
    int within = records.size();
    while (within > 0 && records.get(within - 1).offset() >= until) {
      within--;
    }
    if (within > 0) {
      fetched.add(within == records.size() ? records : records.subList(0, within));
      for (int i = 0; i < within; i++) {
        bufferedBytes += KafkaBatches.bytes(records.get(i));
      }
      bufferedRecords += within;
    }
  }

  /**
   * Tells where the consumer stands; it passes offsets that hold no record for us (transaction
   * markers, aborted or compacted records).
   */
  void fetchedUpTo(long position) {
    if (isEmpty()) {
      next = Math.max(next, Math.min(position, until));
    }
  }

  /** The log time of the next record to emit. */
  long headTime() {
    return fetched.element().get(head).timestamp();
  }

  /** How much log time lies between the next record and the last one fetched with it. */
  long headSpan() {
    List<ConsumerRecord<byte[], byte[]>> records = fetched.element();
    return Math.max(0, records.get(records.size() - 1).timestamp() - headTime());
  }

  /** Emits the next batch. */
  LogBatch take() {
    List<ConsumerRecord<byte[], byte[]>> records = fetched.element();
    int end = KafkaBatches.end(records, head, until);
    LogBatch batch = KafkaBatches.batch(name, records, head, end);
    for (int i = head; i < end; i++) {
      ConsumerRecord<byte[], byte[]> record = records.get(i);
      bufferedBytes -= KafkaBatches.bytes(record);
      reach(record.timestamp());
    }
    bufferedRecords -= end - head;
    next = records.get(end - 1).offset() + 1;
    head = end;
    if (head == records.size()) {
      fetched.remove();
      head = 0;
    }
    return batch;
  }

  /** Moves the log time on; it never goes back. */
  void reach(long time) {
    logTime = Math.max(logTime, Math.min(time, LogTimes.LAST_TIME));
  }
}
