package org.kappabeam.transforms.view;

import org.kappabeam.coders.KappaException;

/**
 * The cause of a {@link KappaException} that may pass by itself: the store is down, busy, or chose
 * this transaction to give way. All writes to a view are idempotent, so trying again is safe.
 */
public final class ViewUnavailableException extends Exception {

  public ViewUnavailableException(Throwable cause) {
    super(cause.getMessage(), cause);
  }

  /** Whether trying again may help. */
  public static boolean isCauseOf(KappaException failure) {
    return failure.getCause() instanceof ViewUnavailableException;
  }
}
