package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.pipelines.pilot.Durations;
import org.kappabeam.pipelines.pilot.PilotFeed;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.registry.SchemaRegistry;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code kappa simulate PILOT} and {@code kappa import PILOT}: writes events to a log. */
final class FeedCommand implements Callable<Integer> {
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final PilotFeed.Source source;
  private final Terminal terminal;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--log",
      required = true,
      paramLabel = "URI",
      description =
          "The log to write to: kafka://host:9092[,host2:9092]/topic, pubsub://project/topic or"
              + " kinesis://region/stream?envelope=kappa. Created if it does not exist. Required.")
  private String log;

  @Option(
      names = "--logProperties",
      paramLabel = "FILE",
      description =
          "A properties file for the log's client (security and the like). Values may refer to"
              + " secrets as $${env:NAME} or $${file:PATH}.")
  private @Nullable String logProperties;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many partitions a new log gets. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = {"--messageFormat", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "AVRO",
      description =
          "How messages are written: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private MessageFormat format;

  @Option(
      names = "--schemaRegistryUrl",
      paramLabel = "URL",
      description =
          "Where the schemas of AVRO_CONFLUENT and PROTOBUF_CONFLUENT are registered:"
              + " http(s)://host:port, Apicurio's with /apis/ccompat/v7.")
  private @Nullable String schemaRegistryUrl;

  @Option(
      names = "--schemaRegistryProperties",
      paramLabel = "FILE",
      description =
          "A properties file for the registry's client: basic.auth.user.info, bearer.auth.token and"
              + " the like; secrets as $${env:NAME} or $${file:PATH}.")
  private @Nullable String schemaRegistryProperties;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Decides all that is random; same seed, same bytes. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--shuffle",
      paramLabel = "DURATION",
      defaultValue = "0s",
      description =
          "How much later than its event time a record may reach the log, at most. Default:"
              + " ${DEFAULT-VALUE}.")
  private String shuffle;

  @Option(
      names = "--duplicates",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "The share of events written twice, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double duplicates;

  @Option(
      names = "--corrupt",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "The share of events beside which a damaged copy is written, 0 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double corrupt;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many records a second; 0 is no limit. Default: ${DEFAULT-VALUE}.")
  private double rate;

  private FeedCommand(PilotFeed.Source source, Terminal terminal) {
    this.source = source;
    this.terminal = terminal;
  }

  /** The command for one source. */
  static CommandSpec of(String name, String what, PilotFeed.Source source, Terminal terminal) {
    FeedCommand command = new FeedCommand(source, terminal);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name(name);
    command.spec = spec;
    spec.addMixin("source", CommandSpec.forAnnotatedObject(source));
    spec.usageMessage().description(what).sortOptions(false);
    return spec;
  }

  @Override
  public Integer call() {
    PilotFeed.Manner manner;
    Map<String, String> properties;
    try {
      if (partitions < 1) {
        throw new KappaException("--partitions=" + partitions + " is too small", "use 1 or more");
      }
      if (!(rate >= 0)) {
        throw new KappaException("--rate=" + rate + " is below 0", "use 0 for no limit");
      }
      share("duplicates", duplicates);
      share("corrupt", corrupt);
      manner =
          new PilotFeed.Manner(
              format, ids(), Durations.parse("shuffle", shuffle), duplicates, corrupt, seed, rate);
      properties = LogProperties.load(logProperties, System.getenv());
      Logs.open(log, properties);
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try (Shutdown shutdown = new Shutdown(() -> {})) {
      feed(source, manner, log, partitions, properties, terminal, shutdown);
      return 0;
    } catch (Shutdown.Interrupted e) {
      terminal.progress("interrupted: the log holds a part of the events");
      return Kappa.INTERRUPTED;
    }
  }

  /** Where schemas are registered. */
  private EventEncoder.Ids ids() {
    if (!format.needsRegistry()) {
      return EventEncoder.Ids.none();
    }
    if (schemaRegistryUrl == null) {
      throw new KappaException(
          "--messageFormat=" + format + " names schemas by ids of a registry",
          "say where it is with --schemaRegistryUrl");
    }
    return SchemaRegistry.at(schemaRegistryUrl, schemaRegistryProperties)
        .ids(SchemaRegistry.topic(log));
  }

  private static void share(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new KappaException("--" + option + "=" + value + " is no share", "use 0 to 1");
    }
  }

  /** Creates the log if it is missing, writes all events, tells how far it is and what it did. */
  static PilotFeed.Written feed(
      PilotFeed.Source source,
      PilotFeed.Manner manner,
      String log,
      int partitions,
      Map<String, String> properties,
      Terminal terminal,
      Shutdown shutdown) {
    Logs.create(log, partitions, properties);
    long start = System.nanoTime();
    long[] reported = {start};
    PilotFeed.Written written;
    try (LogWriter writer = Logs.writer(log, properties)) {
      written =
          source.write(
              manner,
              new Stoppable(writer, shutdown),
              soFar -> {
                if (System.nanoTime() - reported[0] >= REPORT_EVERY_NANOS) {
                  reported[0] = System.nanoTime();
                  terminal.progress(
                      "%,d records written, %.0f s", soFar.records(), (reported[0] - start) / 1e9);
                }
              });
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> kinds = new ArrayList<>();
    written
        .kinds()
        .forEach((kind, count) -> kinds.add(String.format(Locale.ROOT, "%,d %s", count, kind)));
    terminal.say(
        "%,d records written to %s in %.1f s: %s",
        written.records(), log, seconds, String.join(", ", kinds));
    return written;
  }

  /** Ends the source when the process is asked to end. */
  private record Stoppable(LogWriter log, Shutdown shutdown) implements LogWriter {
    @Override
    public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
      shutdown.check();
      log.write(key, value, logTime);
    }

    @Override
    public void flush() {
      log.flush();
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
