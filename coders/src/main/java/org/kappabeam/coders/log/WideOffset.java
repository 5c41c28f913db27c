package org.kappabeam.coders.log;

import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Splits a non-negative number of any width into 63 bits, which fit an offset, and the rest, which
 * is appended to the partition's name as {@code shard~rest}.
 *
 * <p><b>Exact whatever the numbers look like.</b> Which bit goes where is fixed, each goes to
 * exactly one place, and the rest is written in the one shortest form of base 36. So (shard,
 * number) and (shard~rest, offset) determine each other: the mapping is one to one, and two runs
 * give a record the same pair.
 *
 * <p><b>Ordered.</b> The bits of the offset keep their order. Of two numbers with the same rest,
 * the larger one has the larger offset.
 *
 * <p><b>Quick for Kinesis.</b> The choice of bits only decides how often the rest changes, for a
 * batch has one partition. Kinesis builds sequence numbers as (from the lowest bit) 4 bits of
 * version, 32 of shard, 36 of seconds, 8 unknown, 64 of a counter, and above them the shard's
 * creation, see its own examples ({@code 49546986683135544286507457936321625675700192471156785154}
 * is hex 2&nbsp;054b6fffe&nbsp;0&nbsp;
 * 00000000000001d5&nbsp;00&nbsp;054b7009a&nbsp;00000000&nbsp;2). The offset takes the low 39 bits
 * of the counter and the low 24 bits of the seconds, so the rest of a shard's records stays the
 * same for half a year or half a trillion records. That layout is not documented: should it change,
 * batches become shorter, and nothing else.
 */
final class WideOffset {
  private static final char MARK = '~';
  private static final int RADIX = Character.MAX_RADIX;

  /** Which bits of the number go to the offset: {@code [LOW, LOW_END)} and {@code [HIGH, …)}. */
  private static final int LOW = 36;

  private static final int LOW_BITS = 24;
  private static final int LOW_END = LOW + LOW_BITS;
  private static final int HIGH = 80;
  private static final int HIGH_BITS = Long.SIZE - 1 - LOW_BITS;
  private static final int HIGH_END = HIGH + HIGH_BITS;

  /** The rest as it is written; numbers of Kinesis have at most 129 digits. */
  private static final Pattern REST = Pattern.compile("0|[1-9a-z][0-9a-z]{0,99}");

  private WideOffset() {}

  static long offset(BigInteger sequence) {
    return bits(sequence, HIGH, HIGH_END)
        .shiftLeft(LOW_BITS)
        .or(bits(sequence, LOW, LOW_END))
        .longValueExact();
  }

  static String partition(String shard, BigInteger sequence) {
    if (sequence.signum() < 0) {
      throw new IllegalArgumentException("a negative sequence number: " + sequence);
    }
    BigInteger rest =
        sequence
            .shiftRight(HIGH_END)
            .shiftLeft(HIGH - LOW_END)
            .or(bits(sequence, LOW_END, HIGH))
            .shiftLeft(LOW)
            .or(bits(sequence, 0, LOW));
    return shard + MARK + rest.toString(RADIX);
  }

  static boolean isWide(String partition) {
    int mark = partition.lastIndexOf(MARK);
    return mark >= 0 && REST.matcher(partition.substring(mark + 1)).matches();
  }

  /** What stands before the rest, or all of a partition that has none. */
  static String shard(String partition) {
    return isWide(partition) ? partition.substring(0, partition.lastIndexOf(MARK)) : partition;
  }

  static BigInteger sequence(String partition, long offset) {
    if (!isWide(partition)) {
      return BigInteger.valueOf(offset);
    }
    if (offset < 0) {
      throw new IllegalArgumentException(partition + " with offset " + offset);
    }
    BigInteger rest = new BigInteger(partition.substring(partition.lastIndexOf(MARK) + 1), RADIX);
    BigInteger part = BigInteger.valueOf(offset);
    return rest.shiftRight(LOW + HIGH - LOW_END)
        .shiftLeft(HIGH_BITS)
        .or(part.shiftRight(LOW_BITS))
        .shiftLeft(HIGH - LOW_END)
        .or(bits(rest, LOW, LOW + HIGH - LOW_END))
        .shiftLeft(LOW_BITS)
        .or(bits(part, 0, LOW_BITS))
        .shiftLeft(LOW)
        .or(bits(rest, 0, LOW));
  }

  /** The bits {@code [from, until)} as a number. */
  private static BigInteger bits(BigInteger number, int from, int until) {
    BigInteger mask = BigInteger.ONE.shiftLeft(until - from).subtract(BigInteger.ONE);
    return number.shiftRight(from).and(mask);
  }
}
