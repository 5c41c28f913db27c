package org.kappabeam.coders;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteWriterTest {

  private static String hex(ByteWriter out) {
    return HexFormat.of().formatHex(out.toByteArray());
  }

  private static ByteReader reader(String hex) {
    return new ByteReader(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 02",
    "-1, 01",
    "63, 7e",
    "64, 8001",
    "-64, 7f",
    "-65, 8101",
    "9223372036854775807, feffffffffffffffff01",
    "-9223372036854775808, ffffffffffffffffff01"
  })
  void signedNumbersAreShortNearZero(long value, String bytes) throws IOException {
    ByteWriter out = new ByteWriter();
    out.writeSignedVarLong(value);
    assertThat(hex(out), is(bytes));
    assertThat(ByteWriter.sizeOfSignedVarLong(value), is(out.size()));
    assertThat(reader(bytes).readSignedVarLong(), is(value));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 00",
    "0, 01",
    "1, 03",
    "7, 0f",
    "63, 7f",
    "64, 8101",
    "007, 06303037",
    "00, 043030",
    "-1, 042d31",
    "+1, 042b31",
    "1.0, 06312e30",
    "999999999999999999, ffff9ff6f4acdbe01b",
    "1000000000000000000, 2631303030303030303030303030303030303030",
    "9223372036854775807, 2639323233333732303336383534373735383037",
    "٣, 04d9a3",
    "é, 04c3a9",
    "€, 06e282ac",
    "😀, 08f09f9880"
  })
  void stringsHaveOneForm(String text, String bytes) throws IOException {
    ByteWriter out = new ByteWriter();
    out.writeString(text);
    assertThat(hex(out), is(bytes));
    assertThat(ByteWriter.sizeOfString(text), is(out.size()));
    assertThat(reader(bytes).readString(), is(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d", "é\ud83d"})
  void halfASurrogatePairIsRefused(String text) {
    ByteWriter out = new ByteWriter();
    Exception e = assertThrows(IllegalArgumentException.class, () -> out.writeString(text));
    assertThat(e.getMessage(), containsString("unpaired surrogate"));
  }

  @Property(tries = 300)
  void anyTextComesBack(@ForAll @StringLength(max = 40) String text) throws IOException {
    String whole = text.replaceAll("\\p{Cs}", "?");
    ByteWriter out = new ByteWriter();
    out.writeString(whole);
    assertThat(ByteWriter.sizeOfString(whole), is(out.size()));
    assertThat(new ByteReader(out.toByteArray()).readString(), is(whole));
  }

  @Property(tries = 300)
  void anyNumberComesBack(@ForAll long value) throws IOException {
    ByteWriter out = new ByteWriter();
    out.writeVarLong(value);
    assertThat(ByteWriter.sizeOfVarLong(value), is(out.size()));
    out.writeFixedLong(value);
    out.writeSignedVarLong(value);
    ByteReader in = new ByteReader(out.toByteArray());
    assertThat(in.readVarLong(), is(value));
    assertThat(in.readFixedLong(), is(value));
    assertThat(in.readSignedVarLong(), is(value));
    assertThat(in.available(), is(0));
  }

  @Test
  void bytesAndNoBytesDiffer() throws IOException {
    ByteWriter out = new ByteWriter();
    out.writeNullableBytes(null);
    out.writeNullableBytes(new byte[0]);
    out.writeNullableBytes(new byte[] {7});
    out.writeBytes(new byte[] {8, 9});
    assertThat(hex(out), is("00" + "01" + "0207" + "020809"));
    ByteReader in = new ByteReader(out.toByteArray());
    assertThat(in.readNullableBytes() == null, is(true));
    assertThat(in.readNullableBytes(), is(new byte[0]));
    assertThat(in.readNullableBytes(), is(new byte[] {7}));
    assertThat(in.readBytes(), is(new byte[] {8, 9}));
  }

  @Test
  void aNumberOfMoreThanTenBytesIsRefused() {
    assertThrows(IOException.class, () -> reader("ffffffffffffffffffff01").readVarLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffffffff07", "feffffff07"})
  void aLengthWithoutItsBytesTakesNoMemory(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThrows(IOException.class, () -> new ByteReader(bytes).readBytes());
    assertThrows(
        IOException.class, () -> ByteReader.of(new ByteArrayInputStream(bytes)).readBytes());
  }

  @Test
  void aLongArrayIsReadFromAStream() throws IOException {
    byte[] content = new byte[1_000_000];
    content[999_999] = 5;
    ByteWriter out = new ByteWriter();
    out.writeBytes(content);
    byte[] bytes = out.toByteArray();
    assertThat(ByteReader.of(new ByteArrayInputStream(bytes)).readBytes(), is(content));
    byte[] cut = java.util.Arrays.copyOf(bytes, 900_000);
    assertThrows(
        EOFException.class, () -> ByteReader.of(new ByteArrayInputStream(cut)).readBytes());
  }

  @Test
  void aWriterCanBeUsedAgain() {
    ByteWriter out = new ByteWriter(1);
    out.writeString("a text that is longer than the buffer was");
    out.reset();
    out.write(9);
    assertThat(out.toByteArray(), is(new byte[] {9}));
  }
}
