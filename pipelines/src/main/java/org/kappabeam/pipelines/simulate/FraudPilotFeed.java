package org.kappabeam.pipelines.simulate;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.kappabeam.pipelines.fraud.FraudReport;
import org.kappabeam.pipelines.pilot.PilotFeed;
import org.kappabeam.transforms.log.LogWriter;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Card transactions for the fraud pilot, simulated or from files. */
public final class FraudPilotFeed implements PilotFeed {

  @Override
  public String pilot() {
    return "fraud";
  }

  @Override
  public Source simulator() {
    return new Simulation();
  }

  @Override
  public Source importer() {
    return new Files();
  }

  @Override
  public void report(ViewStore views, PrintWriter out) {
    FraudReport.write(views, out);
  }

  @Override
  public String exampleQuery() {
    return "SELECT rule, count(*), avg(amount_cents) / 100 FROM alerts GROUP BY rule";
  }

  /** Options of {@code kappa simulate fraud}. */
  static final class Simulation implements Source {
    @Option(
        names = "--days",
        paramLabel = "N",
        defaultValue = "60",
        description = "How many days to simulate. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Option(
        names = "--customers",
        paramLabel = "N",
        defaultValue = "500",
        description =
            "How many card holders, who pay about twice a day each. Default: ${DEFAULT-VALUE}.")
    private int customers;

    @Option(
        names = "--terminals",
        paramLabel = "N",
        defaultValue = "1000",
        description = "How many terminals. Default: ${DEFAULT-VALUE}.")
    private int terminals;

    @Option(
        names = "--start",
        paramLabel = "DATE",
        defaultValue = "2024-01-01",
        description = "The first day. Default: ${DEFAULT-VALUE}.")
    private LocalDate start;

    @Override
    public Written write(Manner manner, LogWriter log, Consumer<Written> progress) {
      FraudSimulator simulator =
          new FraudSimulator(
              new FraudSimulator.Options(
                  manner.seed(),
                  start.atStartOfDay(ZoneOffset.UTC).toInstant(),
                  days,
                  customers,
                  terminals));
      return feed(manner, log, progress, simulator.iterator());
    }
  }

  /** Parameters of {@code kappa import fraud}. */
  static final class Files implements Source {
    @Parameters(
        paramLabel = "FILE",
        arity = "1..*",
        description =
            "CSV or gzipped CSV in the column layout of the Fraud Detection Handbook's raw data, in"
                + " the order of time.")
    private List<Path> files;

    @Override
    public Written write(Manner manner, LogWriter log, Consumer<Written> progress) {
      try (FraudCsv csv = new FraudCsv(files)) {
        return feed(manner, log, progress, csv);
      }
    }
  }

  private static Written feed(
      Manner manner,
      LogWriter log,
      Consumer<Written> progress,
      Iterator<LabelledTransaction> transactions) {
    FraudFeed.Options options =
        new FraudFeed.Options(
            manner.format(),
            manner.shuffle().toMillis(),
            manner.duplicates(),
            manner.corrupt(),
            manner.seed(),
            manner.rate());
    return written(
        new FraudFeed(options, manner.ids(), log, report -> progress.accept(written(report)))
            .run(transactions));
  }

  private static Written written(FeedReport report) {
    Map<String, Long> kinds = new LinkedHashMap<>();
    kinds.put("transactions", report.transactions());
    kinds.put("fraud labels", report.labels());
    kinds.put("duplicates", report.duplicates());
    kinds.put("corrupted", report.corrupted());
    return new Written(report.records(), kinds);
  }
}
