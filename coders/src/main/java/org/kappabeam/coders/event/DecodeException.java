package org.kappabeam.coders.event;

/** A record that is refused while decoding: the reason and one line of detail. */
public final class DecodeException extends Exception {
  private final DeadLetterReason reason;

  public DecodeException(DeadLetterReason reason, String detail) {
    // Bad input is common input: no stack trace on the hot path.
    super(detail, null, false, false);
    this.reason = reason;
  }

  public DeadLetterReason reason() {
    return reason;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
