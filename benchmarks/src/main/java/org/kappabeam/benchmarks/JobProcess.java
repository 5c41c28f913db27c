package org.kappabeam.benchmarks;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.kappabeam.benchmarks.plainflink.PlainFlinkJob;
import org.kappabeam.transforms.observe.Conservation;

/** One measured job in a process of its own. */
final class JobProcess {
  static final int PARALLELISM = 2;
  static final int MAX_PARALLELISM = 128;
  static final long CHECKPOINT_MILLIS = 10_000;
  static final long LATENESS_MILLIS = Duration.ofDays(1).toMillis();
  static final long SKEW_MILLIS = Duration.ofMinutes(5).toMillis();

  private JobProcess() {}

  /**
   * Runs the job as often as asked: the last run is the measured one, those before let the JVM
   * compile what it runs. Arguments: job; broker; topic; shards; least ranges of a slice; runs;
   * scratch directory; the file to write results into.
   */
  public static void main(String[] args) throws Exception {
    Jvm.endWithParent();
    long start = System.nanoTime();
    int runs = Integer.parseInt(args[5]);
    Path scratch = Path.of(args[6]);
    Properties result = new Properties();
    for (int run = 0; run < runs; run++) {
      RowTable.clear();
      Meter.clear();
      System.gc();
      Conservation conservation =
          run(
              Job.valueOf(args[0]),
              args[1],
              args[2],
              Integer.parseInt(args[3]),
              Integer.parseInt(args[4]),
              Files.createDirectories(scratch.resolve("run-" + run)));
      note(result, run, conservation);
      if (run == 0) {
        result.setProperty("firstTotalSeconds", Double.toString((System.nanoTime() - start) / 1e9));
      }
    }
    try (Writer out = Files.newBufferedWriter(Path.of(args[7]))) {
      result.store(out, null);
    }
    // Embedded clusters may leave threads behind.
    System.exit(0);
  }

  /** Of the first run its pace, of the last one everything, of all of them whether they agree. */
  private static void note(Properties result, int run, Conservation conservation) {
    double cpu = Meter.cpuSeconds();
    if (run == 0) {
      result.setProperty("firstSeconds", Double.toString(Meter.seconds()));
    }
    result.setProperty("records", Long.toString(Meter.records()));
    result.setProperty("seconds", Double.toString(Meter.seconds()));
    result.setProperty("cpuSeconds", Double.toString(cpu));
    RowTable.Digest table = RowTable.digest();
    result.setProperty("rows", Long.toString(table.rows()));
    String digest = table.sha256();
    if (!result.getOrDefault("digest", digest).equals(digest)) {
      throw new IllegalStateException("two runs of one job left different rows");
    }
    result.setProperty("digest", digest);
    boolean reconciled =
        conservation.isReconciled() && !"false".equals(result.getProperty("reconciled"));
    result.setProperty("reconciled", Boolean.toString(reconciled));
  }

  static Conservation run(
      Job job, String servers, String topic, int shards, int sliceRanges, Path scratch)
      throws Exception {
    String uri = "kafka://" + servers + "/" + topic;
    switch (job) {
      case RAW -> RawPoll.run(servers, topic);
      case READ -> KappaJob.read(uri, shards, sliceRanges);
      case NATIVE ->
          PlainFlinkJob.run(
              () -> RawPoll.consumer(servers),
              topic,
              new PlainFlinkJob.Settings(
                  PARALLELISM,
                  MAX_PARALLELISM,
                  Duration.ofMillis(LATENESS_MILLIS),
                  Duration.ofMillis(SKEW_MILLIS),
                  Duration.ofMillis(CHECKPOINT_MILLIS),
                  scratch));
      case LIVE -> {
        return KappaJob.live(uri, shards, scratch);
      }
      case SLICE -> {
        return KappaJob.slice(uri, shards, sliceRanges);
      }
    }
    return Conservation.of(0, 0, 0, 0);
  }
}
