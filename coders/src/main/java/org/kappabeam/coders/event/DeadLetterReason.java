package org.kappabeam.coders.event;

/** Why a record was refused. The names are part of the {@code dead_letters} view. */
public enum DeadLetterReason {
  /** The bytes are not a message of any known format, or not a whole one. */
  MALFORMED,
  /** A well-formed message of a schema or type that is not known here. */
  UNKNOWN_SCHEMA,
  /** Decoded, but breaks a data-quality rule; the detail names the rule. */
  INVALID,
  /** Larger than the limit for one record. */
  TOO_LARGE,
  /** No value: nothing to decode. */
  EMPTY,
  /** Log time − event time is more than the allowed lateness. */
  TOO_LATE,
  /** Event time − log time is more than the allowed skew. */
  TOO_EARLY,
  /** Another record with the same id says something else and wins (the smaller by bytes does). */
  CONFLICT,
  /** Arrived behind the log's watermark, where the history it belongs to is already forgotten. */
  FORGOTTEN
}
