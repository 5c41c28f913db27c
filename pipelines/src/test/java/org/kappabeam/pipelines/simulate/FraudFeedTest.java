package org.kappabeam.pipelines.simulate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.event.DecodeException;
import org.kappabeam.coders.event.EventDecoder;
import org.kappabeam.coders.event.EventSchema;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.pipelines.fraud.FraudFeatures;

class FraudFeedTest {
  private static final long HOUR = 3_600_000;
  private static final FraudSimulator SOURCE =
      new FraudSimulator(FraudSimulator.Options.of(11, 14, 800, 1000));
  private static final FraudFeed.Options BAD_AVRO =
      new FraudFeed.Options(MessageFormat.AVRO, HOUR, 0.05, 0.02, 3, 0);

  /** A log and what of it can be decoded. */
  private static final class Fed {
    final MemoryLog log = new MemoryLog();
    final List<FeedReport> progress = new ArrayList<>();
    final Map<Object, List<Long>> good = new HashMap<>();
    final Map<DeadLetterReason, Integer> bad = new EnumMap<>(DeadLetterReason.class);
    final FeedReport report;

    Fed(FraudFeed.Options options) {
      report = new FraudFeed(options, Fed::id, log, progress::add).run(SOURCE.iterator());
      EventDecoder decoder =
          new EventDecoder(
              FraudFeatures.eventTypes(),
              10_000,
              LogFormat.of(options.format(), null, () -> Fed::schema));
      for (MemoryLog.Entry entry : log.entries) {
        try {
          decoder.decode(entry.value());
          good.computeIfAbsent(decoder.event(), e -> new ArrayList<>()).add(entry.logTime());
          assertThat(entry.key(), is(key(decoder.event())));
        } catch (DecodeException e) {
          bad.merge(e.reason(), 1, Integer::sum);
        }
      }
    }

    /** Even for Avro, odd for Protobuf. */
    private static int id(EventType<?> type, EventSchema version, MessageFormat format) {
      return 2 * FraudFeatures.eventTypes().indexOf(type)
          + (format == MessageFormat.AVRO_CONFLUENT ? 0 : 1);
    }

    private static RegisteredSchema schema(int id) {
      if (id >= 2 * FraudFeatures.eventTypes().size()) {
        return null;
      }
      EventSchema newest = FraudFeatures.eventTypes().get(id / 2).schemas().newest();
      return id % 2 == 0
          ? RegisteredSchema.of(Language.AVRO, newest.avro().toString(), List.of())
          : RegisteredSchema.of(Language.PROTOBUF, newest.protoText(), List.of());
    }

    private static String key(Object event) {
      return event instanceof Transaction t ? t.customerId() : ((FraudLabel) event).terminalId();
    }

    static long time(Object event) {
      return event instanceof Transaction t ? t.eventTime() : ((FraudLabel) event).eventTime();
    }
  }

  private static Map<Object, List<Long>> expected() {
    Map<Object, List<Long>> expected = new HashMap<>();
    for (LabelledTransaction t : SOURCE) {
      expected.put(t.transaction(), List.of(t.transaction().eventTime()));
      if (t.fraud()) {
        FraudLabel label = FraudLabel.after(t.transaction());
        expected.put(label, List.of(label.eventTime()));
      }
    }
    return expected;
  }

  @ParameterizedTest
  @EnumSource
  void aCleanFeedIsEveryEventOnceAtItsTime(MessageFormat format) {
    Fed fed = new Fed(FraudFeed.Options.clean(format));
    assertThat(fed.good, is(expected()));
    assertThat(fed.bad.keySet(), is(empty()));
    assertThat(fed.report.records(), is((long) fed.log.entries.size()));
    assertThat(fed.report.duplicates() + fed.report.corrupted(), is(0L));
    assertInOrder(fed.log);
  }

  private static void assertInOrder(MemoryLog log) {
    long last = Long.MIN_VALUE;
    for (MemoryLog.Entry entry : log.entries) {
      assertThat(entry.logTime(), is(greaterThanOrEqualTo(last)));
      last = entry.logTime();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBadFeedHoldsTheSameGoodEvents(MessageFormat format) {
    FraudFeed.Options options = new FraudFeed.Options(format, HOUR, 0.05, 0.02, 3, 0);
    Fed fed = new Fed(options);
    assertThat(fed.good.keySet(), is(expected().keySet()));
    long bad = fed.bad.values().stream().mapToInt(n -> n).sum();
    long copies = fed.good.values().stream().mapToLong(times -> times.size() - 1).sum();
    long labels = fed.good.keySet().stream().filter(FraudLabel.class::isInstance).count();
    assertThat(fed.report.corrupted(), is(bad));
    assertThat(fed.report.duplicates(), is(copies));
    assertThat(fed.report.labels(), is(labels));
    assertThat(fed.report.transactions() + labels, is((long) fed.good.size()));
    assertThat(fed.report.records(), is((long) fed.log.entries.size()));
    assertThat(copies / (double) fed.good.size(), is(closeTo(0.05, 0.01)));
    assertThat(bad / (double) fed.good.size(), is(closeTo(0.02, 0.005)));
    Set<DeadLetterReason> reasons =
        EnumSet.of(DeadLetterReason.MALFORMED, DeadLetterReason.INVALID);
    if (format == MessageFormat.AVRO) {
      reasons.add(DeadLetterReason.UNKNOWN_SCHEMA);
    }
    assertThat(fed.bad.keySet(), is(reasons));
    assertInOrder(fed.log);
  }

  @Test
  void noRecordIsLaterThanTheBound() {
    Fed fed = new Fed(BAD_AVRO);
    double delay = 0;
    for (Map.Entry<Object, List<Long>> event : fed.good.entrySet()) {
      for (long time : event.getValue()) {
        long late = time - Fed.time(event.getKey());
        assertThat(late, is(allOf(greaterThanOrEqualTo(0L), lessThanOrEqualTo(HOUR))));
      }
      delay += event.getValue().get(0) - Fed.time(event.getKey());
    }
    assertThat(delay / fed.good.size() / HOUR, is(closeTo(0.5, 0.02)));
  }

  @Test
  void allDamagedIsRefusedAlways() {
    for (MessageFormat format : MessageFormat.values()) {
      Fed fed = new Fed(new FraudFeed.Options(format, 0, 0, 1, 5, 0));
      assertThat(fed.good, is(expected()));
      assertThat(fed.report.corrupted(), is((long) fed.good.size()));
    }
  }

  @Test
  void allTwiceInOrderHasEachTwiceAtOnce() {
    Fed fed = new Fed(new FraudFeed.Options(MessageFormat.AVRO, 0, 1, 0, 5, 0));
    fed.good.forEach(
        (event, times) -> assertThat(times, is(List.of(Fed.time(event), Fed.time(event)))));
  }

  @Test
  void theSameSeedGivesTheSameLog() {
    List<String> first = texts(BAD_AVRO, SOURCE.iterator());
    assertThat(texts(BAD_AVRO, SOURCE.iterator()).equals(first), is(true));
    FraudFeed.Options other = new FraudFeed.Options(MessageFormat.AVRO, HOUR, 0.05, 0.02, 4, 0);
    assertThat(texts(other, SOURCE.iterator()).equals(first), is(false));
  }

  private static List<String> texts(
      FraudFeed.Options options, Iterator<LabelledTransaction> source) {
    MemoryLog log = new MemoryLog();
    new FraudFeed(options, log, r -> {}).run(source);
    return log.entries.stream()
        .map(e -> e.logTime() + " " + e.key() + " " + HexFormat.of().formatHex(e.value()))
        .toList();
  }

  @Test
  void whatHappensToAnEventDependsOnItsIdAlone() {
    List<LabelledTransaction> some = new ArrayList<>();
    for (LabelledTransaction t : SOURCE) {
      if (t.transaction().customerId().endsWith("7")) {
        some.add(t);
      }
    }
    List<String> part = texts(BAD_AVRO, some.iterator());
    assertThat(part, hasSize(greaterThan(1000)));
    assertThat(new HashSet<>(texts(BAD_AVRO, SOURCE.iterator())).containsAll(part), is(true));
  }

  @Test
  void theLogIsFlushedNowAndThenAndAtTheEndButNotClosed() {
    Fed fed = new Fed(BAD_AVRO);
    assertThat(fed.log.mostUnflushed, is(20_000));
    assertThat(fed.log.flushed, is(fed.log.entries.size()));
    assertThat(fed.log.closed, is(false));
    assertThat(fed.progress.get(fed.progress.size() - 1), is(fed.report));
    assertThat(fed.report.logTime(), is(fed.log.entries.get(fed.log.entries.size() - 1).logTime()));
  }

  @Test
  void aPaceIsKept() {
    List<LabelledTransaction> some = new ArrayList<>();
    SOURCE.iterator().forEachRemaining(some::add);
    long start = System.nanoTime();
    new FraudFeed(
            new FraudFeed.Options(MessageFormat.AVRO, 0, 0, 0, 0, 1000), new MemoryLog(), r -> {})
        .run(some.subList(0, 100).iterator());
    assertThat(System.nanoTime() - start, is(greaterThanOrEqualTo(99_000_000L)));
  }

  @Test
  void anUnorderedSourceIsRefused() {
    List<LabelledTransaction> some = new ArrayList<>();
    some.add(LabelledTransaction.of(Transaction.of("1", 10, "1", "1", 1), 0));
    some.add(LabelledTransaction.of(Transaction.of("2", 9, "1", "1", 1), 0));
    FraudFeed feed =
        new FraudFeed(FraudFeed.Options.clean(MessageFormat.JSON), new MemoryLog(), r -> {});
    KappaException e = assertThrows(KappaException.class, () -> feed.run(some.iterator()));
    assertThat(e.getMessage(), containsString("transaction 2 is older than the one before it"));
  }

  @Test
  void impossibleOptionsAreRefused() {
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(
          KappaException.class, () -> new FraudFeed.Options(MessageFormat.AVRO, 0, share, 0, 0, 0));
      assertThrows(
          KappaException.class, () -> new FraudFeed.Options(MessageFormat.AVRO, 0, 0, share, 0, 0));
    }
    assertThrows(
        KappaException.class, () -> new FraudFeed.Options(MessageFormat.AVRO, -1, 0, 0, 0, 0));
    assertThrows(
        KappaException.class, () -> new FraudFeed.Options(MessageFormat.AVRO, 0, 0, 0, 0, -1));
  }
}
