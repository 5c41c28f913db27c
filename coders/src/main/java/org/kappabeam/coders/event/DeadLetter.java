package org.kappabeam.coders.event;

import com.google.auto.value.AutoValue;
import org.kappabeam.coders.log.LogRecord;

/** A refused record: what it was, where it stood, and why it was refused. */
@AutoValue
public abstract class DeadLetter {
  public abstract DeadLetterReason reason();

  /** One line for people: which rule, field or limit, and the offending value in short. */
  public abstract String detail();

  /** The record as the log holds it. */
  public abstract LogRecord record();

  public static DeadLetter of(DeadLetterReason reason, String detail, LogRecord record) {
    return new AutoValue_DeadLetter(reason, detail, record);
  }
}
