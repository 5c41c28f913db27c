package org.kappabeam.coders.log;

import com.google.auto.value.AutoValue;

/** Where a record stands in its log: partition (shard) and offset (sequence number) in it. */
@AutoValue
public abstract class LogPosition {
  public abstract String partition();

  public abstract long offset();

  public static LogPosition of(String partition, long offset) {
    return new AutoValue_LogPosition(partition, offset);
  }

  /** The form people and dead letters use: {@code topic-3@1234}. */
  @Override
  public final String toString() {
    return partition() + "@" + offset();
  }
}
