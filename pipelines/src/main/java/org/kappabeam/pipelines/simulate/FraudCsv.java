package org.kappabeam.pipelines.simulate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.fraud.Transaction;

/**
 * Reads labelled transactions from CSV files, plain or gzipped, in the column layout of the Fraud
 * Detection Handbook's raw data. Files are read one after the other, line by line. Times are UTC.
 * What cannot be read is a {@link KappaException} that names file and line.
 */
public final class FraudCsv implements Iterator<LabelledTransaction>, AutoCloseable {
  private static final String HEADER =
      "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO";
  private static final int COLUMNS = 7;
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,10}(\\.[0-9]{1,20})?");

  /** How far from whole cents a binary fraction may have drifted. */
  private static final BigDecimal NOISE = new BigDecimal("1e-6");

  private final Iterator<Path> files;
  private @Nullable BufferedReader reader;
  private @Nullable LabelledTransaction next;
  private String file = "";
  private long line;
  private String today = "";
  private long midnight;

  /** Opens nothing yet. */
  public FraudCsv(List<Path> files) {
    this.files = List.copyOf(files).iterator();
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      if (reader == null) {
        if (!files.hasNext()) {
          return false;
        }
        open(files.next());
      }
      String text = readLine();
      if (text == null) {
        close();
      } else {
        next = parse(text);
      }
    }
    return true;
  }

  @Override
  public LabelledTransaction next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    LabelledTransaction result = next;
    next = null;
    return result;
  }

  /** Closes the file that is open; called by itself at the end of each. */
  @Override
  public void close() {
    BufferedReader open = reader;
    reader = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw unreadable(e);
      }
    }
  }

  private void open(Path path) {
    file = path.toString();
    line = 0;
    try {
      // Byte by byte; each line is then checked to be UTF-8, so that the error can name it.
      InputStream bytes = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
      InputStream content = isGzip(bytes) ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      reader = new BufferedReader(new InputStreamReader(content, ISO_8859_1), 1 << 16);
    } catch (IOException e) {
      throw unreadable(e);
    }
    String header = readLine();
    if (!HEADER.equals(header)) {
      throw wrong("the first line is not the header", "expected " + HEADER);
    }
  }

  /** By content, so that a renamed file is read, too. */
  private static boolean isGzip(InputStream bytes) throws IOException {
    bytes.mark(2);
    boolean gzip = bytes.read() == 0x1F && bytes.read() == 0x8B;
    bytes.reset();
    return gzip;
  }

  private @Nullable String readLine() {
    if (reader == null) {
      return null;
    }
    String text;
    try {
      line++;
      text = reader.readLine();
    } catch (IOException e) {
      throw unreadable(e);
    }
    return text == null || isAscii(text) ? text : fromUtf8(text);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private String fromUtf8(String bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      throw wrong("the text is not UTF-8", "convert the file");
    }
  }

  private LabelledTransaction parse(String text) {
    String[] cells = text.split(",", -1);
    if (cells.length != COLUMNS) {
      throw wrong(
          cells.length + " columns instead of " + COLUMNS, "expected the columns " + HEADER);
    }
    int scenario = scenario(cells[5], cells[6]);
    Transaction transaction =
        Transaction.of(
            id("TRANSACTION_ID", cells[0]),
            time(cells[1]),
            id("CUSTOMER_ID", cells[2]),
            id("TERMINAL_ID", cells[3]),
            cents(cells[4]));
    return LabelledTransaction.of(transaction, scenario);
  }

  private String id(String column, String text) {
    if (text.isBlank() || text.length() > 64) {
      throw wrong(column + " is " + quoted(text), "expected 1 to 64 characters");
    }
    return text;
  }

  /** {@code 2018-04-01 00:00:31}; a file's lines mostly share the day. */
  private long time(String text) {
    try {
      if (text.length() != 19 || text.charAt(10) != ' ') {
        throw new DateTimeException("wrong length");
      }
      String day = text.substring(0, 10);
      if (!day.equals(today)) {
        midnight = LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        today = day;
      }
      return midnight + 1000L * LocalTime.parse(text.substring(11)).toSecondOfDay();
    } catch (DateTimeException e) {
      throw wrong("TX_DATETIME is " + quoted(text), "expected a UTC time like 2018-04-01 00:00:31");
    }
  }

  /**
   * Exactly, without a detour over binary fractions. The public data set made one itself: it holds
   * amounts like 85.64999999999999, which mean whole cents.
   */
  private long cents(String text) {
    if (AMOUNT.matcher(text).matches()) {
      BigDecimal exact = new BigDecimal(text).movePointRight(2);
      BigDecimal whole = exact.setScale(0, RoundingMode.HALF_EVEN);
      if (exact.subtract(whole).abs().compareTo(NOISE) <= 0) {
        return whole.longValueExact();
      }
    }
    throw wrong("TX_AMOUNT is " + quoted(text), "expected an amount like 57.16");
  }

  private int scenario(String fraud, String scenario) {
    boolean known =
        (fraud.equals("0") && scenario.equals("0"))
            || (fraud.equals("1") && scenario.length() == 1 && "123".contains(scenario));
    if (!known) {
      throw wrong(
          "TX_FRAUD and TX_FRAUD_SCENARIO are " + quoted(fraud) + " and " + quoted(scenario),
          "expected 0 and 0, or 1 and a scenario from 1 to 3");
    }
    return scenario.charAt(0) - '0';
  }

  private static String quoted(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }

  private KappaException wrong(String problem, String remedy) {
    return new KappaException(file + ":" + line + ": " + problem, remedy);
  }

  private KappaException unreadable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return new KappaException("no file " + file, "name existing .csv or .csv.gz files", e);
    }
    if (e instanceof ZipException || e instanceof EOFException) {
      return new KappaException(
          file + ": the gzip data is damaged or cut short", "fetch the file again", e);
    }
    return new KappaException(
        file + ": cannot be read (" + e.getMessage() + ")", "check that it is a readable file", e);
  }
}
