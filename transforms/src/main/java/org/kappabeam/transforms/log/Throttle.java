package org.kappabeam.transforms.log;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;

/**
 * Lets records pass no faster than a rate, so that a replay leaves log and store to the live job. A
 * matter of pace only. All workers in one process share the rate; each process has its own.
 */
public final class Throttle extends PTransform<PCollection<LogBatch>, PCollection<LogBatch>> {
  private final double recordsPerSecond;

  private Throttle(double recordsPerSecond) {
    this.recordsPerSecond = recordsPerSecond;
  }

  /**
   * A throttle.
   *
   * @param recordsPerSecond above 0
   */
  public static Throttle to(double recordsPerSecond) {
    if (!(recordsPerSecond > 0)) {
      throw new IllegalArgumentException("a rate of " + recordsPerSecond);
    }
    return new Throttle(recordsPerSecond);
  }

  @Override
  public PCollection<LogBatch> expand(PCollection<LogBatch> batches) {
    // Two runs in one process are not to share a rate.
    String name = UUID.randomUUID().toString();
    return batches
        .apply("Wait", ParDo.of(new WaitFn(name, recordsPerSecond)))
        .setCoder(LogBatchCoder.of());
  }

  /** The pace of one run in this process: when the next record may pass. */
  static final class Pace {
    private static final Map<String, Pace> PACES = new ConcurrentHashMap<>();

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    static Pace of(String name) {
      return PACES.computeIfAbsent(name, unused -> new Pace());
    }

    /** Takes its turn: how many nanoseconds to wait before so many records may pass. */
    long reserve(int records, double perSecond, long now) {
      long span = (long) (records / perSecond * TimeUnit.SECONDS.toNanos(1));
      // Time that nobody used is not saved up.
      long turn = next.getAndUpdate(last -> Math.max(last, now) + span);
      return Math.max(0, turn - now);
    }
  }

  static final class WaitFn extends DoFn<LogBatch, LogBatch> {
    private final String name;
    private final double recordsPerSecond;
    private transient @Nullable Pace pace;

    WaitFn(String name, double recordsPerSecond) {
      this.name = name;
      this.recordsPerSecond = recordsPerSecond;
    }

    @ProcessElement
    public void process(@Element LogBatch batch, OutputReceiver<LogBatch> out)
        throws InterruptedException {
      Pace own = pace == null ? Pace.of(name) : pace;
      pace = own;
      TimeUnit.NANOSECONDS.sleep(own.reserve(batch.size(), recordsPerSecond, System.nanoTime()));
      out.output(batch);
    }
  }
}
