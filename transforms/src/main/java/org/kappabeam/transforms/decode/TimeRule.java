package org.kappabeam.transforms.decode;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.time.Duration;
import org.kappabeam.coders.event.DeadLetterReason;
import org.kappabeam.coders.event.DecodeException;

/**
 * Lateness as a property of the record: log time and event time alone decide, so live and replay
 * decide the same.
 */
@AutoValue
public abstract class TimeRule implements Serializable {

  /** How far event time may lie behind log time. */
  public abstract Duration allowedLateness();

  /** How far event time may lie ahead of log time. */
  public abstract Duration allowedSkew();

  public static TimeRule of(Duration allowedLateness, Duration allowedSkew) {
    if (allowedLateness.isNegative() || allowedSkew.isNegative()) {
      throw new IllegalArgumentException("lateness and skew must not be negative");
    }
    return new AutoValue_TimeRule(allowedLateness, allowedSkew);
  }

  /** Throws if the event came too late or too early; both times in milliseconds since the epoch. */
  final void check(long eventTime, long logTime) throws DecodeException {
    long delay = logTime - eventTime;
    if (delay > allowedLateness().toMillis()) {
      throw new DecodeException(
          DeadLetterReason.TOO_LATE,
          "arrived " + delay + " ms after it happened; allowed: " + allowedLateness().toMillis());
    }
    if (-delay > allowedSkew().toMillis()) {
      throw new DecodeException(
          DeadLetterReason.TOO_EARLY,
          "claims to happen "
              + -delay
              + " ms after it arrived; allowed: "
              + allowedSkew().toMillis());
    }
  }
}
