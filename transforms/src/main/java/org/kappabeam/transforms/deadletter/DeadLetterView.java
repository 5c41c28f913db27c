package org.kappabeam.transforms.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.SchemaNormalization;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.Batch;
import org.kappabeam.coders.BatchCoder;
import org.kappabeam.coders.event.DeadLetter;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/**
 * The view {@code dead_letters}: every refused record with reason, position and bytes; and the rows
 * of other views that their store refused.
 *
 * <p>A record is refused once, whatever retries and replays do: the key is its position, and
 * everything in the row comes from the record, so writing it again changes nothing. A {@code
 * CONFLICT} is between two variants of one event, and which record reports the loser depends on the
 * order of arrival; its key names the refused bytes as well.
 *
 * <p>A repaired record that is refused again has one more evidence for each attempt, and its detail
 * says what it was refused for before.
 */
public final class DeadLetterView {
  /** How many bytes of a record's key or value a row keeps; the log keeps the rest. */
  public static final int MAX_BYTES = 64 << 10;

  /** The reason of rows that a view's store cannot hold, beside those of records. */
  public static final String REFUSED_BY_VIEW = "REFUSED_BY_VIEW";

  private static final int MAX_DETAIL = 1_000;

  private static final ViewSchema SCHEMA =
      ViewSchema.named("dead_letters", "position")
          .column("reason", ColumnType.TEXT)
          .column("detail", ColumnType.TEXT)
          .column("log_time", ColumnType.TIMESTAMP)
          .column("record_key", ColumnType.BYTES)
          .column("record_value", ColumnType.BYTES)
          .column("value_size", ColumnType.LONG)
          .build();

  private DeadLetterView() {}

  public static ViewSchema schema() {
    return SCHEMA;
  }

  /** The row of a dead letter. A refused record is one event, so its evidence is 1. */
  public static ViewRow row(DeadLetter letter) {
    return row(letter, Repairs.none());
  }

  /** The row of a dead letter of a log that is read with repairs. */
  public static ViewRow row(DeadLetter letter, Repairs repairs) {
    LogRecord record = letter.record();
    byte[] value = record.value();
    String position = record.position().toString();
    Repair repair = repairs.at(position);
    String detail = letter.detail();
    if (repair != null) {
      detail += "; repaired " + repair.attempt() + " times, was " + repair.was();
    }
    if (letter.reason() == DeadLetterReason.CONFLICT) {
      long fingerprint = SchemaNormalization.fingerprint64(value == null ? new byte[0] : value);
      position += "!" + "%016x".formatted(fingerprint);
    }
    return ViewRow.of(
        position,
        repair == null ? 1 : 1 + repair.attempt(),
        letter.reason().name(),
        text(detail),
        micros(record.logTime()),
        bounded(record.key()),
        bounded(value),
        value == null ? null : (Long) (long) value.length);
  }

  /**
   * The row of a view's row that its store refuses. It is no record of the log, so it has no
   * position there and counts in no balance of records; its key says which row it was, in which
   * version, and so it is refused once as well.
   *
   * @param view the view's name
   * @param version what tells this version of the row from all others
   * @param content the row as a message for people and programs
   */
  public static ViewRow refused(
      String view, String key, String version, String detail, byte[] content) {
    return ViewRow.of(
        view + "/" + key + "#" + version,
        1,
        REFUSED_BY_VIEW,
        text(detail),
        null,
        bounded(key.getBytes(StandardCharsets.UTF_8)),
        bounded(content),
        (long) content.length);
  }

  /** Dead letters as batches for {@link org.kappabeam.transforms.view.WriteView}. */
  public static PTransform<PCollection<DeadLetter>, PCollection<Batch<ViewRow>>> toRows(
      Repairs repairs) {
    return new ToRows(repairs);
  }

  private static final class ToRows
      extends PTransform<PCollection<DeadLetter>, PCollection<Batch<ViewRow>>> {
    private final Repairs repairs;

    ToRows(Repairs repairs) {
      this.repairs = repairs;
    }

    @Override
    public PCollection<Batch<ViewRow>> expand(PCollection<DeadLetter> letters) {
      return letters
          .apply("Row", MapElements.via(new ToRowFn(repairs)))
          .setCoder(BatchCoder.of(ViewRowCoder.of()));
    }
  }

  private static final class ToRowFn extends SimpleFunction<DeadLetter, Batch<ViewRow>> {
    private final Repairs repairs;

    ToRowFn(Repairs repairs) {
      this.repairs = repairs;
    }

    @Override
    public Batch<ViewRow> apply(DeadLetter letter) {
      // WriteView gathers rows anyway.
      return Batch.of(List.of(row(letter, repairs)));
    }
  }

  /** A detail may quote refused input, of which half a surrogate pair is the nastiest part. */
  private static String text(String detail) {
    String bounded = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
    return new String(bounded.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] bounded(byte @Nullable [] bytes) {
    return bytes == null || bytes.length <= MAX_BYTES ? bytes : Arrays.copyOf(bytes, MAX_BYTES);
  }

  /** A producer may have set any log time; one beyond the calendar stops at its end. */
  private static long micros(long millis) {
    long bounded = Math.max(Long.MIN_VALUE / 1_000, Math.min(Long.MAX_VALUE / 1_000, millis));
    return bounded * 1_000;
  }
}
