package org.kappabeam.transforms.log;

/** What not every kind of log can do. A connector's test names what it lacks, and why. */
public enum LogAbility {
  /** {@code resolve} pins a slice, which is read as a bounded collection or live to its end. */
  SLICES,
  /** {@code from} and {@code until} may be log times, exact to the record. */
  INSTANTS,
  /** Without an end, the log is read on as it grows. */
  OPEN_END,
  /** An idle or empty partition follows the clock of the whole log. */
  LOG_CLOCK,
  /** The live read is one source of ours, whose marks can be taken and resumed from. */
  CHECKPOINTS,
  /** Every record is delivered once; otherwise the same position may come again. */
  ONCE,
  /** A writer can name the partition, and their number stays what it was created with. */
  PARTITIONS,
  /** Positions are numbers that the log gives out one after the other, without gaps. */
  CONSECUTIVE_POSITIONS,
  /** The log time is the one the writer gives. */
  LOG_TIME,
  /** A record may be without key or value, which is not the same as an empty one. */
  NULLS,
  /** Headers are kept, as names and bytes. */
  HEADERS,
  /** Headers keep their order, names may repeat, and a header may be without value. */
  REPEATED_HEADERS,
  /** {@link Logs#writer} appends to it. */
  WRITER,
  /** There is a server, which may be down. */
  SERVER
}
