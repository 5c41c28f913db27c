package org.kappabeam.transforms.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogTimes;

class KafkaPartitionTest {
  private static final TopicPartition TOPIC_PARTITION = new TopicPartition("t", 3);

  @Test
  void aBatchHasThePartitionsNameOffsetsTimesAndBytes() {
    KafkaPartition partition = partition(10, Slice.Range.OPEN);
    partition.add(List.of(record(10, 70, 4), record(12, 60, 0)));

    LogBatch batch = partition.take();

    assertThat(batch.partition(), is("3"));
    assertThat(batch.size(), is(2));
    assertThat(batch.offset(1), is(12L));
    assertThat(batch.logTime(1), is(60L));
    assertThat(batch.value(0).length, is(4));
    assertThat(partition.next(), is(13L));
    assertThat(partition.isEmpty(), is(true));
    assertThat(partition.bufferedBytes(), is(0L));
  }

  @Test
  void theLogTimeNeverGoesBack() {
    KafkaPartition partition = partition(0, Slice.Range.OPEN);
    partition.add(List.of(record(0, 70, 1), record(1, 60, 1)));
    partition.take();
    assertThat(partition.logTime(), is(70L));

    partition.reach(50);
    assertThat(partition.logTime(), is(70L));
  }

  @Test
  void aRecordOfTheFarFutureDoesNotEndTime() {
    KafkaPartition partition = partition(0, Slice.Range.OPEN);
    partition.add(List.of(record(0, Long.MAX_VALUE, 1)));

    LogBatch batch = partition.take();

    assertThat(partition.logTime(), is(LogTimes.LAST_TIME));
    assertThat(LogTimes.timestamp(batch, 0).getMillis(), is(LogTimes.LAST_TIME));
    assertThat(batch.logTime(0), is(Long.MAX_VALUE));
  }

  @Test
  void recordsFromTheEndOnAreLeftOut() {
    KafkaPartition partition = partition(0, 2);
    partition.add(List.of(record(0, 1, 1), record(1, 2, 1), record(2, 3, 1), record(3, 4, 1)));

    assertThat(partition.take().size(), is(2));
    assertThat(partition.isFinished(), is(true));
  }

  @Test
  void aGapAtTheEndIsPassedOnlyWhenNothingIsInHand() {
    KafkaPartition partition = partition(0, 9);
    partition.add(List.of(record(0, 1, 1)));
    partition.fetchedUpTo(20);
    assertThat(partition.next(), is(0L));

    partition.take();
    partition.fetchedUpTo(20);
    assertThat(partition.next(), is(9L));
    assertThat(partition.isFinished(), is(true));
  }

  @Test
  void aBatchIsBoundedInRecordsAndBytesAndNothingIsLostAtTheSeams() {
    KafkaPartition partition = partition(0, Slice.Range.OPEN);
    partition.add(
        IntStream.range(0, KafkaBatches.MAX_RECORDS + 3).mapToObj(i -> record(i, i, 1)).toList());
    assertThat(partition.take().size(), is(KafkaBatches.MAX_RECORDS));
    assertThat(partition.take().size(), is(3));

    int half = KafkaBatches.MAX_BYTES / 2;
    int next = KafkaBatches.MAX_RECORDS + 3;
    partition.add(
        List.of(
            record(next, 1, half),
            record(next + 1, 1, half),
            record(next + 2, 1, 1),
            record(next + 3, 1, 3 * half)));
    assertThat(partition.take().size(), is(2));
    assertThat(partition.take().size(), is(1));
    assertThat(partition.take().size(), is(1));
    assertThat(partition.isEmpty(), is(true));
    assertThat(partition.bufferedRecords(), is(0));
  }

  @Test
  void headersAreKeptForTheRecordsThatHaveThem() {
    KafkaPartition partition = partition(0, Slice.Range.OPEN);
    Headers headers = new RecordHeaders().add("h", new byte[] {1});
    partition.add(List.of(record(0, 1, 1), record(1, 1, 1, headers), record(2, 1, 1)));

    LogBatch batch = partition.take();

    assertThat(batch.headers(0), hasSize(0));
    assertThat(batch.headers(1), is(List.of(LogHeader.of("h", new byte[] {1}))));
    assertThat(batch.headers(2), hasSize(0));
  }

  private static KafkaPartition partition(long from, long until) {
    return new KafkaPartition(TOPIC_PARTITION, from, until, LogTimes.NO_TIME);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, long time, int bytes) {
    return record(offset, time, bytes, new RecordHeaders());
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, long time, int bytes, Headers headers) {
    return new ConsumerRecord<>(
        TOPIC_PARTITION.topic(),
        TOPIC_PARTITION.partition(),
        offset,
        time,
        TimestampType.CREATE_TIME,
        ConsumerRecord.NULL_SIZE,
        bytes,
        null,
        new byte[bytes],
        headers,
        Optional.empty());
  }
}
