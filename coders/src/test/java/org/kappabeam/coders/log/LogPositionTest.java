package org.kappabeam.coders.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LogPositionTest {
  private static final String SHARD = "shardId-000000000003";

  /** An example of Kinesis' own documentation. */
  private static final BigInteger SEQUENCE =
      new BigInteger("49546986683135544286507457936321625675700192471156785154");

  @Test
  void aPlainPositionIsShownAsItIs() {
    LogPosition position = LogPosition.of("3", 1234);
    assertThat(position.toString(), is("3@1234"));
    assertThat(position.shard(), is("3"));
    assertThat(position.sequence(), is(BigInteger.valueOf(1234)));
  }

  @Test
  void aWidePositionIsShownAsTheLogWroteIt() {
    LogPosition position = LogPosition.wide(SHARD, SEQUENCE);
    assertThat(position.toString(), is(SHARD + "@" + SEQUENCE));
    // Pinned: positions are in state and archives.
    assertThat(position, is(LogPosition.of(SHARD + "~8m2uirqht2pjgyaxsut8q0aq", 7_880_507_546L)));
  }

  @Test
  void aPartitionThatOnlyLooksWideIsShownAsItIs() {
    for (String partition : new String[] {"a~", "~", "a~B", "a~01", "a~" + "1".repeat(101)}) {
      LogPosition position = LogPosition.of(partition, 7);
      assertThat(position.toString(), is(partition + "@7"));
      assertThat(position.shard(), is(partition));
      assertThat(position.sequence(), is(BigInteger.valueOf(7)));
    }
    assertThat(LogPosition.of("a~1", -1).toString(), is("a~1@-1"));
  }

  @Test
  void whatIsShownIsReadAgain() {
    for (LogPosition position :
        List.of(
            LogPosition.of("3", 1234),
            LogPosition.of("a@b", 0),
            LogPosition.of("0", Long.MAX_VALUE),
            LogPosition.wide(SHARD, SEQUENCE))) {
      assertThat(LogPosition.parse(position.toString()), is(position));
    }
    for (String none : List.of("", "3", "@3", "3@", "3@-1", "3@x", "3@" + "9".repeat(201))) {
      assertThrows(IllegalArgumentException.class, () -> LogPosition.parse(none), none);
    }
  }

  @Test
  void aNegativeNumberIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> LogPosition.wide(SHARD, BigInteger.ONE.negate()));
  }

  /** One to one: what can be taken back differs where the numbers differ. */
  @Property
  void noBitOfANumberIsLost(@ForAll("sequences") BigInteger sequence) {
    LogPosition position = LogPosition.wide(SHARD, sequence);
    assertThat(position.offset(), greaterThanOrEqualTo(0L));
    assertThat(position.sequence(), is(sequence));
    assertThat(position.shard(), is(SHARD));
  }

  /** And the other way round: no two pairs stand for one number. */
  @Property
  void everyOffsetOfAWidePartitionIsANumberOfItsOwn(
      @ForAll("sequences") BigInteger sequence, @ForAll long bits) {
    String partition = LogPosition.wide(SHARD, sequence).partition();
    LogPosition position = LogPosition.of(partition, bits & Long.MAX_VALUE);
    assertThat(LogPosition.wide(SHARD, position.sequence()), is(position));
  }

  @Property
  void withinAPartitionOffsetsAreOrderedAsTheNumbersAre(
      @ForAll("sequences") BigInteger sequence, @ForAll long one, @ForAll long other) {
    String partition = LogPosition.wide(SHARD, sequence).partition();
    LogPosition a = LogPosition.of(partition, one & Long.MAX_VALUE);
    LogPosition b = LogPosition.of(partition, other & Long.MAX_VALUE);
    assertThat(a.sequence().compareTo(b.sequence()), is(Long.compare(a.offset(), b.offset())));
  }

  @Test
  void theRecordsOfAShardShareAPartitionAsKinesisCountsToday() {
    LogPosition before = LogPosition.wide(SHARD, SEQUENCE);
    // A million records and a day later.
    BigInteger later =
        SEQUENCE
            .add(BigInteger.valueOf(1_000_000).shiftLeft(80))
            .add(BigInteger.valueOf(86_400).shiftLeft(36));
    LogPosition after = LogPosition.wide(SHARD, later);
    assertThat(after.partition(), is(before.partition()));
    assertThat(after.offset(), greaterThan(before.offset()));
  }

  @Provide
  Arbitrary<BigInteger> sequences() {
    Arbitrary<BigInteger> kinesis =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.ONE.shiftLeft(186));
    Arbitrary<BigInteger> any =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TEN.pow(129));
    Arbitrary<BigInteger> small = Arbitraries.longs().greaterOrEqual(0).map(BigInteger::valueOf);
    return Arbitraries.oneOf(kinesis, any, small);
  }
}
