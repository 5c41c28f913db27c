package org.kappabeam.pipelines.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.replay.RefusedRecord;

/**
 * A refused record as a line of JSON that people or programs repair: only {@code text} or {@code
 * value} is theirs to change.
 *
 * @param logTime null if the record has none that a calendar knows
 * @param size of the whole value; what is beyond the view's limit is not in this line
 * @param text the value, if it is UTF-8
 * @param value the value in Base64, if it is not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"position", "reason", "detail", "logTime", "size", "text", "value"})
record RefusedLine(
    String position,
    @Nullable String reason,
    @Nullable String detail,
    @Nullable String logTime,
    @Nullable Long size,
    @Nullable String text,
    @Nullable String value) {

  static RefusedLine of(RefusedRecord record) {
    byte[] bytes = record.value() == null ? new byte[0] : record.value();
    String text = text(bytes);
    return new RefusedLine(
        record.position(),
        record.reason(),
        record.detail(),
        record.logTimeMicros() == null
            ? null
            : Instant.EPOCH.plus(record.logTimeMicros(), ChronoUnit.MICROS).toString(),
        record.size(),
        text,
        text == null ? Base64.getEncoder().encodeToString(bytes) : null);
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * The bytes that the line stands for.
   *
   * @param where for messages
   * @throws KappaException if it has none, or two
   */
  byte[] bytes(String where) {
    if (position == null || (text == null) == (value == null)) {
      throw new KappaException(
          where + " needs a position and one of text and value",
          "change lines of kappa redrive --export");
    }
    if (text != null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      throw new KappaException(
          where + " has a value that is no Base64",
          "encode the bytes with the standard alphabet",
          e);
    }
  }
}
