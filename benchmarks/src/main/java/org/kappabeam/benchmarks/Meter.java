package org.kappabeam.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** When the job of this process took its first record and wrote its last row. Thread-safe. */
public final class Meter {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final LongAdder RECORDS = new LongAdder();
  private static final AtomicBoolean STARTED = new AtomicBoolean();
  private static final LongAccumulator LAST = new LongAccumulator(Math::max, Long.MIN_VALUE);

  private static volatile long firstNanos;
  private static volatile long firstCpuNanos;

  private Meter() {}

  /** Forgets everything, for the next job of the same process. */
  public static void clear() {
    RECORDS.reset();
    LAST.reset();
    STARTED.set(false);
  }

  /** Called with each poll's records before they are worked on. */
  public static void read(int records) {
    if (!STARTED.get() && STARTED.compareAndSet(false, true)) {
      firstCpuNanos = SYSTEM.getProcessCpuTime();
      firstNanos = System.nanoTime();
    }
    RECORDS.add(records);
  }

  /** Called after rows were written. */
  public static void wrote() {
    LAST.accumulate(System.nanoTime());
  }

  public static long records() {
    return RECORDS.sum();
  }

  /** Seconds from the first record to the last row. */
  public static double seconds() {
    return (LAST.get() - firstNanos) / 1e9;
  }

  /** Processor seconds of this process since the first record. */
  public static double cpuSeconds() {
    return (SYSTEM.getProcessCpuTime() - firstCpuNanos) / 1e9;
  }
}
