package org.kappabeam.transforms.kinesis;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import software.amazon.awssdk.services.kinesis.model.Record;

/**
 * A record as the log gives it out.
 *
 * @param number its sequence number
 * @param arrival when Kinesis took it, in milliseconds; the log time of a record without envelope
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, bytes are handed on
record KinesisRecord(
    BigInteger number,
    LogPosition position,
    long arrival,
    long logTime,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<LogHeader> headers) {

  static KinesisRecord of(KinesisUri uri, String shard, Record record) {
    BigInteger number = new BigInteger(record.sequenceNumber());
    LogPosition position = LogPosition.wide(shard, number);
    long arrival = record.approximateArrivalTimestamp().toEpochMilli();
    byte[] data = record.data().asByteArrayUnsafe();
    KinesisEnvelope envelope = uri.enveloped() ? KinesisEnvelope.read(data) : null;
    return envelope == null
        ? new KinesisRecord(
            number,
            position,
            arrival,
            arrival,
            record.partitionKey().getBytes(StandardCharsets.UTF_8),
            data,
            List.of())
        : new KinesisRecord(
            number,
            position,
            arrival,
            envelope.logTime(),
            envelope.key(),
            envelope.value(),
            envelope.headers());
  }

  int bytes() {
    return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
  }
}
