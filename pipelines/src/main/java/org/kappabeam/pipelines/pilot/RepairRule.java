package org.kappabeam.pipelines.pilot;

import org.checkerframework.checker.nullness.qual.Nullable;

/** How a pilot repairs records that were refused: a function of their bytes, nothing else. */
@FunctionalInterface
public interface RepairRule {
  /**
   * The bytes that the record should have had.
   *
   * @param reason why it was refused, see {@link org.kappabeam.coders.event.DeadLetterReason}
   * @param value of the record
   * @return null if this rule does not know
   */
  byte @Nullable [] repair(String reason, byte[] value);
}
