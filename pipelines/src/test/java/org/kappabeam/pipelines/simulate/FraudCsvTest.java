package org.kappabeam.pipelines.simulate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.fraud.Transaction;

class FraudCsvTest {
  private static final String HEADER =
      "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO\n";

  @TempDir Path directory;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private Path file(String name, String content) throws IOException {
    return file(name, content.getBytes(UTF_8));
  }

  private static byte[] gzip(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static List<LabelledTransaction> read(Path... files) {
    List<LabelledTransaction> all = new ArrayList<>();
    try (FraudCsv csv = new FraudCsv(List.of(files))) {
      csv.forEachRemaining(all::add);
      assertThrows(NoSuchElementException.class, csv::next);
    }
    return all;
  }

  private static void fails(String message, Path... files) {
    KappaException e = assertThrows(KappaException.class, () -> read(files));
    assertThat(e.getMessage(), containsString(message));
  }

  private static long millis(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  @Test
  void plainAndGzippedFilesAreReadOneAfterTheOther() throws IOException {
    Path plain =
        file(
            "a.csv",
            HEADER
                + "0,2018-04-01 00:00:31,596,3156,57.16,0,0\n1,2018-04-01 23:59:59,4961,3412,146.0,1,2\n");
    Path gzipped = file("b.csv.gz", gzip(HEADER + "2,2018-04-02 00:00:00,2,1365,20,0,0"));
    assertThat(
        read(plain, gzipped),
        contains(
            LabelledTransaction.of(
                Transaction.of("0", millis("2018-04-01T00:00:31Z"), "596", "3156", 5716), 0),
            LabelledTransaction.of(
                Transaction.of("1", millis("2018-04-01T23:59:59Z"), "4961", "3412", 14600), 2),
            LabelledTransaction.of(
                Transaction.of("2", millis("2018-04-02T00:00:00Z"), "2", "1365", 2000), 0)));
  }

  @ParameterizedTest
  @CsvSource({
    "57.16,5716",
    "20.0,2000",
    "20,2000",
    "0.07,7",
    "0,0",
    "1.29,129",
    "85.64999999999999,8565",
    "146.50000000000003,14650",
    "9999999999.99,999999999999"
  })
  void amountsAreExact(String text, long cents) throws IOException {
    Path file = file("a.csv", HEADER + "0,2018-04-01 00:00:31,596,3156," + text + ",0,0\n");
    assertThat(read(file).get(0).transaction().amountCents(), is(cents));
  }

  @ParameterizedTest
  @CsvSource({
    "1e2",
    "-1",
    "+1",
    "1.",
    ".5",
    "1.234",
    "'1 '",
    "NaN",
    "''",
    "12345678901",
    "0x10",
    "٣"
  })
  void otherAmountsAreRefused(String text) throws IOException {
    fails(
        "a.csv:2: TX_AMOUNT is \"" + text + "\": expected an amount like 57.16",
        file("a.csv", HEADER + "0,2018-04-01 00:00:31,596,3156," + text + ",0,0\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "2018-04-01T00:00:31",
    "2018-04-31 00:00:00",
    "2018-04-01 24:00:00",
    "2018-4-1 0:00:00",
    "''",
    "2018-04-01 00:00:31Z"
  })
  void otherTimesAreRefused(String text) throws IOException {
    fails(
        "a.csv:3: TX_DATETIME is \"" + text + "\": expected a UTC time like",
        file(
            "a.csv",
            HEADER
                + "0,2018-04-01 00:00:31,596,3156,1,0,0\n"
                + ("0," + text + ",596,3156,1,0,0\n")));
  }

  @ParameterizedTest
  @CsvSource({"1,0", "0,1", "1,4", "2,1", "'',''", "1,12", "1,''"})
  void otherLabelsAreRefused(String fraud, String scenario) throws IOException {
    fails(
        "a.csv:2: TX_FRAUD and TX_FRAUD_SCENARIO are",
        file(
            "a.csv", HEADER + "0,2018-04-01 00:00:31,596,3156,1," + fraud + "," + scenario + "\n"));
  }

  @Test
  void otherFilesAreRefusedByNameAndLine() throws IOException {
    fails("no file " + directory.resolve("none.csv"), directory.resolve("none.csv"));
    fails("a.csv:1: the first line is not the header", file("a.csv", "0,1,2\n"));
    fails("b.csv:1: the first line is not the header", file("b.csv", ""));
    fails("c.csv:2: 2 columns instead of 7", file("c.csv", HEADER + "0,1\n"));
    fails("d.csv:2: CUSTOMER_ID is \"\"", file("d.csv", HEADER + "0,2018-04-01 00:00:31,,1,1,0,0"));
    fails(
        "e.csv:2: the text is not UTF-8",
        file("e.csv", (HEADER + "é,2018-04-01 00:00:31,1,1,1,0,0").getBytes(ISO_8859_1)));
    byte[] gzip = gzip(HEADER + "0,2018-04-01 00:00:31,596,3156,57.16,0,0\n");
    fails("the gzip data is damaged or cut short", file("f.gz", Arrays.copyOf(gzip, 60)));
    fails("cannot be read", directory);
  }
}
