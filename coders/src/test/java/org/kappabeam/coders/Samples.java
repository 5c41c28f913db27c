package org.kappabeam.coders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.List;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.fraud.FraudLabel;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.view.ViewRow;

/** One value of each kind, for golden bytes. */
public final class Samples {
  public static final Transaction TRANSACTION =
      Transaction.of("1000000042", 1_522_540_831_000L, "596", "3156", 5716);
  public static final FraudLabel LABEL =
      FraudLabel.of("1000000042", "3156", 1_522_540_831_000L, 1_523_145_631_000L);
  public static final LogPosition POSITION = LogPosition.of("transactions-3", 1234);
  public static final LogRecord RECORD =
      LogRecord.of(
          POSITION,
          1_522_540_831_000L,
          "596".getBytes(UTF_8),
          "héllo".getBytes(UTF_8),
          List.of(LogHeader.of("trace", new byte[] {1, 2}), LogHeader.of("empty", null)));
  public static final LogRecord BARE_RECORD =
      LogRecord.of(
          LogPosition.of("transactions-3", 1236), 1_522_540_830_000L, null, null, List.of());
  public static final LogBatch BATCH = LogBatch.of(List.of(RECORD, BARE_RECORD));
  public static final DeadLetter LETTER =
      DeadLetter.of(DeadLetterReason.MALFORMED, "text is not UTF-8", RECORD);
  public static final ViewRow ROW =
      ViewRow.of(
          "1000000042",
          17,
          -5L,
          -0.0,
          Double.NaN,
          true,
          false,
          "Ω",
          null,
          new BigDecimal("-12.340"),
          new byte[] {0, -1});
  public static final ViewRow WITHDRAWN_ROW = ViewRow.withdrawn("alert-1", 18, "x");
  public static final ViewRow ROW_OF_LISTS =
      ViewRow.of("l", 2, List.of("a", ""), List.of(1L, -1L), List.of());

  private Samples() {}
}
