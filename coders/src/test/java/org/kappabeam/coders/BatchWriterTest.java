package org.kappabeam.coders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class BatchWriterTest {
  private static final BatchCoder<String> CODER = BatchCoder.of(StringUtf8Coder.of());

  private final BatchWriter<String> writer = new BatchWriter<>(StringUtf8Coder.of());

  @Test
  void aBatchOfBytesIsTheBatchOfItsValues() throws Exception {
    for (int round = 0; round < 2; round++) {
      writer.add("a", 7, 1_000);
      writer.add("", 9, 900);
      same(
          writer.toBatch("t-0"),
          Batch.at("t-0", new long[] {7, 9}, new long[] {1_000, 900}, List.of("a", "")));
      writer.add("b");
      same(writer.toBatch(null), Batch.of(List.of("b")));
    }
    same(writer.toBatch(null), Batch.of(List.of()));
  }

  private static void same(Batch<String> written, Batch<String> expected) throws Exception {
    assertThat(
        CoderUtils.encodeToByteArray(CODER, written),
        is(CoderUtils.encodeToByteArray(CODER, expected)));
    assertThat(written.size(), is(expected.size()));
    assertThat(written, is(expected));
    assertThat(written.hashCode(), is(expected.hashCode()));
  }

  @Test
  void whatWasClearedIsNotInTheNextBatch() {
    writer.add("lost", 5, 5);
    writer.clear();
    assertThat(writer.isEmpty(), is(true));
    writer.add("kept", 6, 6);
    assertThat(
        writer.toBatch("t-0"),
        is(Batch.at("t-0", new long[] {6}, new long[] {6}, List.of("kept"))));
  }

  @Test
  void positionsAreForAllValuesOrForNone() {
    writer.add("a");
    assertThrows(IllegalStateException.class, () -> writer.add("b", 1, 1));
    assertThrows(IllegalStateException.class, () -> writer.toBatch("t-0"));
  }
}
