package org.kappabeam.pipelines.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM. The virtual machine waits, though not for ever, until what is under way has
 * ended in good order and {@link #close} is called.
 */
final class Shutdown implements AutoCloseable {
  /** Longer than any orderly end takes; shorter than people's patience. */
  private static final long PATIENCE_SECONDS = 9;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable lastResort;
  private final Thread hook = new Thread(this::await, "kappa-shutdown");
  private volatile boolean requested;

  /**
   * @param lastResort what to do if the end does not come in time
   */
  Shutdown(Runnable lastResort) {
    this.lastResort = lastResort;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is asked to end. */
  boolean requested() {
    return requested;
  }

  /** Throws if the process is asked to end. */
  void check() {
    if (requested) {
      throw new Interrupted();
    }
  }

  private void await() {
    requested = true;
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        lastResort.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All is in order: the process may end. */
  @Override
  public void close() {
    ended.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // Asked to end in this very moment: the hook finds the latch open.
        requested = true;
      }
    }
  }

  /** What a long task throws when the process is asked to end. */
  static final class Interrupted extends RuntimeException {
    Interrupted() {
      super("interrupted", null, false, false);
    }
  }
}
