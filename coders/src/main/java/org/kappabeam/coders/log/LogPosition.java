package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Where a record stands in its log: partition (shard) and offset (sequence number) in it.
 *
 * <p>Some logs count in numbers wider than a {@code long}: a Kinesis sequence number has up to 129
 * digits. Such a number is split, see {@link WideOffset}: {@link #offset} holds the bits that
 * change from record to record, {@link #partition} the shard and the other bits. No bit is lost, so
 * the pair is as exact as the number and the same whenever the record is read, and everything that
 * carries positions (batches, state, dead letters) carries these too. {@link #shard} and {@link
 * #sequence} put the number together again.
 */
@AutoValue
public abstract class LogPosition {
  /** What a log may count in; the limit keeps hostile input short. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,200}");

  /** Between two positions of one partition the higher offset is the later one. */
  public abstract String partition();

  public abstract long offset();

  public static LogPosition of(String partition, long offset) {
    return new AutoValue_LogPosition(partition, offset);
  }

  /**
   * A position in a log that counts in wide numbers.
   *
   * @param shard the partition by the log's own name
   * @param sequence the position by the log's own number, not negative
   */
  public static LogPosition wide(String shard, BigInteger sequence) {
    return of(WideOffset.partition(shard, sequence), WideOffset.offset(sequence));
  }

  /**
   * Reads {@link #toString}'s form. A number beyond a {@code long} is a wide one; no log that
   * counts in wide numbers has small ones.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static LogPosition parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1 || !NUMBER.matcher(text.substring(at + 1)).matches()) {
      throw new IllegalArgumentException("'" + text + "' is no position such as 3@1234");
    }
    String partition = text.substring(0, at);
    BigInteger number = new BigInteger(text.substring(at + 1));
    return number.bitLength() < Long.SIZE
        ? of(partition, number.longValue())
        : wide(partition, number);
  }

  /** The partition by the log's own name. */
  public final String shard() {
    return WideOffset.shard(partition());
  }

  /** The position by the log's own number. */
  public final BigInteger sequence() {
    return WideOffset.sequence(partition(), offset());
  }

  /**
   * The form people and dead letters use: {@code 3@1234}, or {@code
   * shardId-000000000003@49546986683135544286507457936321625675700192471156785154}.
   */
  @Override
  public final String toString() {
    return WideOffset.isWide(partition()) && offset() >= 0
        ? shard() + "@" + sequence()
        : partition() + "@" + offset();
  }
}
