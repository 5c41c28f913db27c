package org.kappabeam.coders;

/**
 * A failure a person can act on: one line that says what is wrong, where, and what to do. The
 * command line prints just that line and ends with a non-zero code.
 */
public final class KappaException extends RuntimeException {

  /**
   * @param problem what is wrong and where, without a full stop
   * @param remedy what to do about it
   */
  public KappaException(String problem, String remedy) {
    super(problem + ": " + remedy);
  }

  public KappaException(String problem, String remedy, Throwable cause) {
    super(problem + ": " + remedy, cause);
  }
}
