package org.kappabeam.coders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kappabeam.coders.event.DeadLetterCoder;
import org.kappabeam.coders.fraud.FraudLabelCoder;
import org.kappabeam.coders.fraud.TransactionCoder;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPositionCoder;
import org.kappabeam.coders.log.LogRecordCoder;
import org.kappabeam.coders.view.ViewRowCoder;

/** What every coder of this module keeps, and the exact bytes each writes. */
class CompactCodersTest {

  /**
   * A coder, a value and the bytes it has always had. Bytes live on in state and archives: if this
   * test fails, the coder is what has to change.
   */
  record Golden<T>(Coder<T> coder, T value, String hex) {
    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
      return coder.getClass().getSimpleName() + " " + value;
    }
  }

  static Stream<Golden<?>> golden() {
    return Stream.of(
        new Golden<>(
            TransactionCoder.of(), Samples.TRANSACTION, "d5a8d6b907b0848be8cf58a909a931a85900"),
        new Golden<>(FraudLabelCoder.of(), Samples.LABEL, "d5a8d6b907a931b0848be8cf588090e4c004"),
        new Golden<>(LogPositionCoder.of(), Samples.POSITION, "1c7472616e73616374696f6e732d33a413"),
        new Golden<>(
            LogRecordCoder.of(),
            Samples.RECORD,
            "1c7472616e73616374696f6e732d33a413b0848be8cf58043539360768c3a96c"
                + "6c6f020a74726163650301020a656d70747900"),
        new Golden<>(
            LogRecordCoder.of(),
            Samples.BARE_RECORD,
            "1c7472616e73616374696f6e732d33a813e0f48ae8cf58000000"),
        new Golden<>(
            LogBatchCoder.of(),
            Samples.BATCH,
            "051c7472616e73616374696f6e732d33a413b0848be8cf58043539360768c3a9"
                + "6c6c6f020a74726163650301020a656d7074790004cf0f000000"),
        new Golden<>(
            DeadLetterCoder.of(),
            Samples.LETTER,
            "124d414c464f524d45442274657874206973206e6f74205554462d381c747261"
                + "6e73616374696f6e732d33a413b0848be8cf58043539360768c3a96c6c6f020a"
                + "74726163650301020a656d70747900"),
        new Golden<>(
            ViewRowCoder.of(),
            Samples.ROW,
            "d5a8d6b90711120109028000000000000000027ff800000000000004030504ce"
                + "a900060602cfcc070200ff"),
        new Golden<>(ViewRowCoder.of(), Samples.WITHDRAWN_ROW, "0e616c6572742d311203050278"),
        new Golden<>(
            ViewRowCoder.of(), Samples.ROW_OF_LISTS, "026c02060802050261050008020102010108" + "00"),
        new Golden<>(
            BatchCoder.of(LogPositionCoder.of()),
            Batch.of(List.of(Samples.POSITION)),
            "12021c7472616e73616374696f6e732d33a413"),
        new Golden<>(
            BatchCoder.of(TransactionCoder.of()),
            Batch.at(
                "t-0",
                new long[] {7, 9},
                new long[] {1_522_540_831_000L, 1_522_540_832_000L},
                List.of(Samples.TRANSACTION, Samples.TRANSACTION)),
            "330506742d30"
                + ("0e" + "b0848be8cf58" + "d5a8d6b907b0848be8cf58a909a931a85900")
                + ("04" + "d00f" + "d5a8d6b907b0848be8cf58a909a931a85900")),
        new Golden<>(
            BatchCoder.of(StringUtf8Coder.of()), Batch.of(List.of("a", "")), "0404016100"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void bytesNeverChange(Golden<T> golden) throws Exception {
    assertThat(HexFormat.of().formatHex(outer(golden.coder(), golden.value())), is(golden.hex()));
    assertThat(golden.coder().decode(new ByteArrayInputStream(golden.bytes())), is(golden.value()));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void beamsRulesAreKept(Golden<T> golden) throws Exception {
    Coder<T> coder = golden.coder();
    T value = golden.value();
    T copy = coder.decode(new ByteArrayInputStream(golden.bytes()));
    CoderProperties.coderDecodeEncodeEqual(coder, value);
    CoderProperties.coderDeterministic(coder, value, copy);
    CoderProperties.coderConsistentWithEquals(coder, value, copy);
    CoderProperties.structuralValueConsistentWithEquals(coder, value, copy);
    CoderProperties.structuralValueDecodeEncodeEqual(coder, value);
    CoderProperties.coderSerializable(coder);
    assertThat(SerializableUtils.ensureSerializable(coder), is(coder));
    assertThat(coder.hashCode(), is(SerializableUtils.ensureSerializable(coder).hashCode()));
    coder.verifyDeterministic();
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void aValueEndsWhereItEnds(Golden<T> golden) throws Exception {
    KvCoder<T, KV<T, String>> nested =
        KvCoder.of(golden.coder(), KvCoder.of(golden.coder(), StringUtf8Coder.of()));
    CoderProperties.coderDecodeEncodeEqual(
        nested, KV.of(golden.value(), KV.of(golden.value(), "end")));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void theSizeIsThatOfTheBytes(Golden<T> golden) throws Exception {
    long[] seen = new long[1];
    ElementByteSizeObserver observer =
        new ElementByteSizeObserver() {
          @Override
          protected void reportElementSize(long size) {
            seen[0] += size;
          }
        };
    golden.coder().registerByteSizeObserver(golden.value(), observer);
    observer.advance();
    assertThat(seen[0], is((long) golden.bytes().length));
    assertThat(
        golden.coder().isRegisterByteSizeObserverCheap(golden.value()),
        is(golden.coder() instanceof CompactCoder));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void aStreamMayGiveOneByteAtATime(Golden<T> golden) throws Exception {
    assertThat(golden.coder().decode(trickle(golden.bytes())), is(golden.value()));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void cutShortItIsAnError(Golden<T> golden) {
    byte[] bytes = golden.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> golden.coder().decode(new ByteArrayInputStream(cut)));
      assertThrows(IOException.class, () -> golden.coder().decode(new ByteReader(cut)));
      assertThrows(IOException.class, () -> golden.coder().decode(trickle(cut)));
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void damagedItIsAnErrorOrAnotherValueButNoDisaster(Golden<T> golden) {
    byte[] bytes = golden.bytes();
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) (1 << bit);
        refused += refuses(golden.coder(), damaged) ? 1 : 0;
      }
    }
    assertThat(refused, greaterThan(0));
  }

  private static boolean refuses(Coder<?> coder, byte[] bytes) {
    try {
      coder.decode(new ByteReader(bytes));
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void aHugeCountTakesNoMemory(Golden<T> golden) {
    byte[] bytes = HexFormat.of().parseHex("feffffff0f" + golden.hex());
    assertThrows(IOException.class, () -> golden.coder().decode(new ByteReader(bytes)));
    assertThrows(IOException.class, () -> golden.coder().decode(trickle(bytes)));
  }

  private static <T> byte[] outer(Coder<T> coder, T value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    coder.encode(value, out);
    ByteWriter direct = new ByteWriter();
    coder.encode(value, direct);
    assertThat(direct.toByteArray(), is(out.toByteArray()));
    return out.toByteArray();
  }

  private static InputStream trickle(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(1, length));
      }
    };
  }
}
