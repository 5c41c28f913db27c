package org.kappabeam.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.simulate.FeedReport;
import org.kappabeam.pipelines.simulate.FraudFeed;
import org.kappabeam.pipelines.simulate.FraudSimulator;
import org.kappabeam.transforms.kafka.KafkaLogWriter;
import org.kappabeam.transforms.kafka.KafkaTopics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the fraud pilot on Flink, live and as a slice, against the raw consumer and a
 * hand-written Flink job: one topic, one machine, one run; each job in a fresh process with the
 * same heap, one after the other, in several rounds. In its process a job runs first to warm the
 * JVM, then measured; the first run's pace is told beside it. All must end with the same rows.
 */
@Command(
    name = "fraud-benchmark",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Measures the fraud pilot on Flink against the raw consumer and a native job.")
public final class FraudBenchmark implements Callable<Integer> {
  private static final String TOPIC = "transactions";
  private static final String BROKER_HEAP = "-Xmx1g";
  private static final long START_SECONDS = 120;

  @Option(
      names = "--dir",
      description = "Where the broker's data lies; a topic that was loaded there is used again.")
  private Path dir = Path.of("target", "benchmark");

  @Option(names = "--rounds", description = "How often each job runs.")
  private int rounds = 3;

  @Option(
      names = "--warmups",
      description = "How often a job runs unmeasured before, in the same process.")
  private int warmups = 2;

  @Option(names = "--jobs", split = ",", description = "Which jobs: ${COMPLETION-CANDIDATES}.")
  private List<Job> jobs = List.of(Job.values());

  @Option(names = "--customers", description = "Card holders to simulate.")
  private int customers = 10_000;

  @Option(names = "--terminals", description = "Terminals to simulate.")
  private int terminals = 10_000;

  @Option(names = "--days", description = "Days to simulate.")
  private int days = 115;

  @Option(names = "--shuffle-hours", description = "How late records may be.")
  private int shuffleHours;

  @Option(names = "--duplicates", description = "The share of records that come twice.")
  private double duplicates;

  @Option(names = "--shards", description = "Hash classes of keys in the pilot.")
  private int shards = 32;

  @Option(names = "--partitions", description = "Of the topic.")
  private int partitions = 4;

  @Option(
      names = "--slice-ranges",
      description = "Into how many ranges to split the slice at least; 0 leaves it to the runner.")
  private int sliceRanges;

  @Option(names = "--heap", description = "The heap of each job.")
  private String heap = "1500m";

  @Option(names = "--jvm", description = "A further JVM flag for the jobs; may be repeated.")
  private List<String> jvmFlags = List.of();

  @Option(names = "--json", description = "Where to write the figures.")
  private Path json = Path.of("target", "benchmark", "fraud-benchmark.json");

  /** What one run of a job gave. */
  private record Run(
      Job job,
      long records,
      double seconds,
      double cpuSeconds,
      double firstSeconds,
      double firstTotalSeconds,
      long rows,
      String digest) {

    double recordsPerSecond() {
      return records / seconds;
    }

    /** In a JVM that has compiled nothing yet. */
    double firstRecordsPerSecond() {
      return records / firstSeconds;
    }

    double cpuPerMillion() {
      return cpuSeconds * 1e6 / records;
    }
  }

  private FraudBenchmark() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new FraudBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  if (failure instanceof KappaException) {
                    command.getErr().println(failure.getMessage());
                    return 1;
                  }
                  throw failure;
                })
            .execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rounds < 1 || warmups < 0) {
      throw new KappaException(
          "--rounds=" + rounds + " --warmups=" + warmups, "rounds from 1 on, warm-ups from 0 on");
    }
    Path data =
        Files.createDirectories(
            dir.resolve(
                String.format(
                    Locale.ROOT,
                    "kafka-%d-partitions-%d-customers-%d-terminals-%d-days-%d-hours-%.0f-percent",
                    partitions,
                    customers,
                    terminals,
                    days,
                    shuffleHours,
                    100 * duplicates)));
    Path address = data.resolve("address");
    Files.deleteIfExists(address);
    Process broker =
        Jvm.start(
            BrokerProcess.class,
            List.of(BROKER_HEAP),
            List.of(data.toString(), address.toString()));
    try {
      String servers = await(broker, address);
      load(data, servers);
      return measure(servers);
    } finally {
      stop(broker);
    }
  }

  private static String await(Process broker, Path address)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.exists(address)) {
      if (broker.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new KappaException(
            "the broker did not start", "see its output above; free memory or disk, run again");
      }
    }
    return Files.readString(address);
  }

  /** A broker whose input ends shuts down in order. */
  private static void stop(Process broker) throws IOException, InterruptedException {
    broker.getOutputStream().close();
    if (!broker.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
      broker.destroyForcibly();
    }
  }

  private void load(Path data, String servers) throws IOException {
    Path loaded = data.resolve("loaded");
    if (Files.exists(loaded)) {
      System.out.println("Using the topic loaded before: " + Files.readString(loaded));
      return;
    }
    String uri = "kafka://" + servers + "/" + TOPIC;
    KafkaTopics.delete(uri, Map.of());
    KafkaTopics.create(uri, partitions, Map.of());
    FraudFeed.Options feed =
        new FraudFeed.Options(
            MessageFormat.AVRO, TimeUnit.HOURS.toMillis(shuffleHours), duplicates, 0, 7, 0);
    try (KafkaLogWriter log = KafkaLogWriter.open(uri, Map.of())) {
      FeedReport report =
          new FraudFeed(feed, log, progress -> {})
              .run(
                  new FraudSimulator(FraudSimulator.Options.of(7, days, customers, terminals))
                      .iterator());
      String summary =
          String.format(
              Locale.ROOT,
              "%,d records (%,d transactions, %,d labels, %,d duplicates) in %d partitions",
              report.records(),
              report.transactions(),
              report.labels(),
              report.duplicates(),
              partitions);
      Files.writeString(loaded, summary);
      System.out.println("Loaded " + summary);
    }
  }

  private int measure(String servers) throws IOException, InterruptedException {
    List<Run> runs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < jobs.size(); i++) {
        // Each round begins with another job, so that none always follows the same one.
        Run run = run(jobs.get((i + round) % jobs.size()), servers);
        runs.add(run);
        System.out.printf(
            Locale.ROOT,
            "round %d  %-24s %,10.0f records/s, %6.2f CPU s per million; cold %,10.0f records/s%n",
            round + 1,
            run.job().title(),
            run.recordsPerSecond(),
            run.cpuPerMillion(),
            run.firstRecordsPerSecond());
      }
    }
    print(runs);
    writeJson(runs);
    Map<String, List<Job>> digests =
        runs.stream()
            .filter(run -> run.job().makesRows())
            .collect(
                Collectors.groupingBy(
                    Run::digest, Collectors.mapping(Run::job, Collectors.toList())));
    if (digests.size() > 1) {
      System.out.println("FAILED: the jobs disagree: " + digests);
      return 1;
    }
    digests.keySet().forEach(digest -> System.out.println("All rows agree: SHA-256 " + digest));
    return 0;
  }

  private Run run(Job job, String servers) throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory(dir.toAbsolutePath(), "job");
    Path result = scratch.resolve("result.properties");
    List<String> flags = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap));
    flags.addAll(jvmFlags);
    Process process =
        Jvm.start(
            JobProcess.class,
            flags,
            List.of(
                job.name(),
                servers,
                TOPIC,
                Integer.toString(shards),
                Integer.toString(sliceRanges),
                Integer.toString(warmups + 1),
                scratch.toString(),
                result.toString()));
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new KappaException(job.title() + " ended with code " + code, "see its output above");
      }
      Properties values = new Properties();
      try (Reader in = Files.newBufferedReader(result)) {
        values.load(in);
      }
      if (!Boolean.parseBoolean(values.getProperty("reconciled"))) {
        throw new KappaException(
            job.title() + " lost count: read = folded + duplicates + dead does not hold",
            "this is a fault of the product: please report it");
      }
      return new Run(
          job,
          Long.parseLong(values.getProperty("records")),
          Double.parseDouble(values.getProperty("seconds")),
          Double.parseDouble(values.getProperty("cpuSeconds")),
          Double.parseDouble(values.getProperty("firstSeconds")),
          Double.parseDouble(values.getProperty("firstTotalSeconds")),
          Long.parseLong(values.getProperty("rows")),
          values.getProperty("digest"));
    } finally {
      process.destroyForcibly();
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(FraudBenchmark::deleteOne);
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- report -----------------------------------------------------------------------------------

  private void print(List<Run> runs) {
    System.out.println();
    System.out.printf(
        Locale.ROOT,
        "%-24s %10s %23s %10s %8s %8s %10s %8s %10s %9s%n",
        "job",
        "records/s",
        "(least to most)",
        "CPU s/M",
        "x native",
        "x raw",
        "cold",
        "x native",
        "total s",
        "rows");
    for (Job job : jobs) {
      double[] rates = sorted(runs, job, Run::recordsPerSecond);
      System.out.printf(
          Locale.ROOT,
          "%-24s %,10.0f %,11.0f %,11.0f %10.2f %8s %8s %,10.0f %8s %10.1f %,9d%n",
          job.title(),
          median(rates),
          rates[0],
          rates[rates.length - 1],
          median(sorted(runs, job, Run::cpuPerMillion)),
          ratio(runs, job, Job.NATIVE, Run::recordsPerSecond),
          ratio(runs, job, Job.RAW, Run::recordsPerSecond),
          median(sorted(runs, job, Run::firstRecordsPerSecond)),
          ratio(runs, job, Job.NATIVE, Run::firstRecordsPerSecond),
          median(sorted(runs, job, Run::firstTotalSeconds)),
          runs.stream().filter(run -> run.job() == job).findFirst().orElseThrow().rows());
    }
  }

  private static String ratio(List<Run> runs, Job job, Job to, ToDoubleFunction<Run> rate) {
    double[] ratios = ratios(runs, job, to, rate);
    return ratios.length == 0 ? "-" : String.format(Locale.ROOT, "%.2f", median(ratios));
  }

  /** Round by round, so that what disturbs a round disturbs both. */
  private static double[] ratios(List<Run> runs, Job job, Job to, ToDoubleFunction<Run> rate) {
    List<Run> own = runs.stream().filter(run -> run.job() == job).toList();
    List<Run> other = runs.stream().filter(run -> run.job() == to).toList();
    double[] ratios = new double[Math.min(own.size(), other.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = rate.applyAsDouble(own.get(i)) / rate.applyAsDouble(other.get(i));
    }
    Arrays.sort(ratios);
    return ratios;
  }

  private static double[] sorted(List<Run> runs, Job job, ToDoubleFunction<Run> value) {
    return runs.stream().filter(run -> run.job() == job).mapToDouble(value).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  private void writeJson(List<Run> runs) throws IOException {
    Files.createDirectories(json.toAbsolutePath().getParent());
    try (JsonGenerator out =
        new JsonFactory()
            .createGenerator(Files.newBufferedWriter(json))
            .useDefaultPrettyPrinter()) {
      out.writeStartObject();
      out.writeStringField("java", Runtime.version().toString());
      out.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
      out.writeStringField("heap", heap);
      out.writeNumberField("parallelism", JobProcess.PARALLELISM);
      out.writeNumberField("shards", shards);
      out.writeNumberField("warmups", warmups);
      Map<Job, double[]> toNative = new EnumMap<>(Job.class);
      jobs.forEach(job -> toNative.put(job, ratios(runs, job, Job.NATIVE, Run::recordsPerSecond)));
      out.writeObjectFieldStart("timesNative");
      for (Map.Entry<Job, double[]> job : toNative.entrySet()) {
        if (job.getValue().length > 0) {
          out.writeNumberField(
              job.getKey().name().toLowerCase(Locale.ROOT), median(job.getValue()));
        }
      }
      out.writeEndObject();
      out.writeArrayFieldStart("runs");
      for (Run run : runs) {
        out.writeStartObject();
        out.writeStringField("job", run.job().name().toLowerCase(Locale.ROOT));
        out.writeNumberField("records", run.records());
        out.writeNumberField("seconds", run.seconds());
        out.writeNumberField("recordsPerSecond", run.recordsPerSecond());
        out.writeNumberField("coldRecordsPerSecond", run.firstRecordsPerSecond());
        out.writeNumberField("cpuSecondsPerMillion", run.cpuPerMillion());
        out.writeNumberField("coldTotalSeconds", run.firstTotalSeconds());
        out.writeNumberField("rows", run.rows());
        out.writeStringField("digest", run.digest());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }
}
