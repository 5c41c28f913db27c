package org.kappabeam.transforms.deadletter;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.Base64;
import org.kappabeam.coders.log.LogPosition;

/**
 * Other bytes for a record of the log that was refused. The record keeps its position, its key and
 * its log time: to the graph it is the same record, so it counts once however often it is read.
 *
 * @param position of the record, as {@code dead_letters} has it
 * @param attempt from 1; a later one takes the place of the earlier
 * @param value the bytes, in Base64
 * @param was why the record was refused before: reason and detail, with its earlier repairs
 */
@JsonPropertyOrder({"position", "attempt", "value", "was"})
public record Repair(String position, int attempt, String value, String was)
    implements Serializable {

  /**
   * A repair.
   *
   * @throws IllegalArgumentException if position or value are not well-formed
   */
  public Repair {
    LogPosition.parse(position);
    Base64.getDecoder().decode(value);
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt + " of " + position);
    }
  }

  /** A repair to these bytes. */
  public static Repair of(String position, int attempt, byte[] value, String was) {
    return new Repair(position, attempt, Base64.getEncoder().encodeToString(value), was);
  }

  /** The bytes to take in place of the record's. */
  @JsonIgnore
  public byte[] bytes() {
    return Base64.getDecoder().decode(value);
  }
}
