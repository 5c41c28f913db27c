package org.kappabeam.pipelines.replay;

import com.google.auto.value.AutoValue;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.transforms.deadletter.DeadLetterView;

/** A row of {@code dead_letters}, as whoever repairs it sees it. */
@AutoValue
public abstract class RefusedRecord {
  /** Where the record stands; of a row that the view refused, what its key says. */
  public abstract String position();

  /** A {@link DeadLetterReason}, or {@link DeadLetterView#REFUSED_BY_VIEW}. */
  public abstract String reason();

  /** One line. */
  public abstract String detail();

  /** Null for a row. */
  public abstract @Nullable Long logTimeMicros();

  /** The value's first bytes, at most {@link DeadLetterView#MAX_BYTES}; not to be changed. */
  @SuppressWarnings("mutable")
  public abstract byte @Nullable [] value();

  /** How many bytes the whole value has. */
  public abstract long size();

  static RefusedRecord of(ViewRow row) {
    Object size = row.value(5);
    return new AutoValue_RefusedRecord(
        row.key(),
        (String) Objects.requireNonNull(row.value(0)),
        (String) Objects.requireNonNull(row.value(1)),
        (Long) row.value(2),
        (byte[]) row.value(4),
        size == null ? 0 : (Long) size);
  }

  /**
   * Whether other bytes at its position may help. A conflict is between two good records, and a row
   * that a store refused is no record of the log.
   */
  public final boolean isRepairable() {
    return !reason().equals(DeadLetterReason.CONFLICT.name())
        && !reason().equals(DeadLetterView.REFUSED_BY_VIEW);
  }

  /** Whether the view has kept all of the value. */
  public final boolean isWhole() {
    byte[] value = value();
    return value == null || value.length == size();
  }
}
