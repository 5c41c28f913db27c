package org.kappabeam.transforms.kinesis;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * A place between two records of a shard: before a record, {@code 4954…}, or after one, {@code
 * >4954…}; {@code 0} is before all, and {@code end} behind all of a shard that is closed. That is
 * how the bounds of slices and the marks of readers are written.
 *
 * <p>"After n" is no record's number n + 1: Kinesis starts to read only at numbers it has given
 * out.
 */
@AutoValue
abstract class KinesisBound implements Comparable<KinesisBound>, Serializable {
  /** Before the first record. */
  static final KinesisBound START = before(BigInteger.ZERO);

  /** Behind the last record of a closed shard: a number has at most 129 digits. */
  static final KinesisBound END = after(BigInteger.TEN.pow(129));

  private static final String END_TEXT = "end";

  private static final Pattern FORM = Pattern.compile(">?(?:0|[1-9]\\d{0,128})");

  abstract BigInteger number();

  /** Whether the place is behind the record. */
  abstract boolean after();

  static KinesisBound before(BigInteger number) {
    return new AutoValue_KinesisBound(number, false);
  }

  static KinesisBound after(BigInteger number) {
    return new AutoValue_KinesisBound(number, true);
  }

  static KinesisBound parse(String text) {
    if (text.equals(END_TEXT)) {
      return END;
    }
    if (!FORM.matcher(text).matches()) {
      throw new KappaException(
          "'" + text + "' is no bound of a Kinesis shard",
          "write a sequence number, > before it for the place behind the record, 0, or end");
    }
    boolean after = text.charAt(0) == '>';
    return new AutoValue_KinesisBound(new BigInteger(after ? text.substring(1) : text), after);
  }

  boolean isStart() {
    return !after() && number().signum() == 0;
  }

  /** Whether this place is behind a record. */
  boolean isAfter(BigInteger record) {
    int order = number().compareTo(record);
    return after() ? order >= 0 : order > 0;
  }

  /** What asks Kinesis to read from here on; there is nothing to read from {@link #END} on. */
  GetShardIteratorRequest.Builder iterator() {
    GetShardIteratorRequest.Builder request = GetShardIteratorRequest.builder();
    if (isStart()) {
      return request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
    }
    return request
        .shardIteratorType(
            after()
                ? ShardIteratorType.AFTER_SEQUENCE_NUMBER
                : ShardIteratorType.AT_SEQUENCE_NUMBER)
        .startingSequenceNumber(number().toString());
  }

  @Override
  public int compareTo(KinesisBound other) {
    int order = number().compareTo(other.number());
    return order != 0 ? order : Boolean.compare(after(), other.after());
  }

  @Override
  public final String toString() {
    return equals(END) ? END_TEXT : (after() ? ">" : "") + number();
  }
}
