package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.cli.Kappa;
import org.kappabeam.pipelines.fraud.FraudViews;
import org.kappabeam.transforms.deadletter.DeadLetterView;
import org.kappabeam.transforms.kafka.embedded.EmbeddedKafka;
import org.kappabeam.transforms.view.ViewDigest;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

class FlinkRunIT {
  @TempDir private Path dir;

  @Test
  void theCommandLineRunsLiveAndAsASliceWithTheSameViews() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      String log = "--log=" + kafka.uri("transactions");
      simulate(log);

      String live = kappa("run", "fraud", log, "--view=" + view("live"), "--until=latest");
      String slice =
          kappa(
              "run",
              "fraud",
              log,
              "--view=" + view("slice"),
              "--until=latest",
              "--readMode=SLICE",
              "--sliceRanges=5");

      assertThat(live, containsString("reconciled: yes"));
      assertThat(slice, containsString("reconciled: yes"));
      assertThat(digests("slice"), equalTo(digests("live")));
    }
  }

  @Test
  void aLogIsArchivedAndReadFromBothTiersWithTheSameViews() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
      String uri = kafka.uri("transactions");
      String archive = "archive://" + dir.resolve("archive").toAbsolutePath();
      simulate("--log=" + uri);
      kappa("run", "fraud", "--log=" + uri, "--view=" + view("kafka"), "--until=latest");

      // A part of the log, so that both tiers have something to give.
      kappa(
          "archive",
          "--log=" + uri,
          "--to=" + archive,
          "--until=2024-01-08T00:00:00Z",
          "--fileRecords=300",
          "--commitRecords=800");
      String tiered = "--log=tiered:" + archive + "," + uri;
      String live = kappa("run", "fraud", tiered, "--view=" + view("live"), "--until=latest");
      kappa("archive", "--log=" + uri, "--to=" + archive, "--fileRecords=300");
      String slice =
          kappa(
              "run",
              "fraud",
              "--log=" + archive,
              "--view=" + view("slice"),
              "--until=latest",
              "--readMode=SLICE",
              "--sliceRanges=5");

      assertThat(kappa("archive", "--to=" + archive, "--verify"), containsString("all is sound"));
      assertThat(live, containsString("reconciled: yes"));
      assertThat(slice, containsString("reconciled: yes"));
      assertThat(digests("live"), equalTo(digests("kafka")));
      assertThat(digests("slice"), equalTo(digests("kafka")));
    }
  }

  private static void simulate(String log) {
    kappa(
        "simulate",
        "fraud",
        log,
        "--days=12",
        "--customers=40",
        "--terminals=40",
        "--shuffle=1h",
        "--duplicates=0.05",
        "--corrupt=0.02");
  }

  private static String kappa(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Kappa.execute(new PrintWriter(out), new PrintWriter(err), args);
    assertThat(err.toString(), code, is(0));
    return out.toString();
  }

  private String view(String name) {
    return "sqlite:" + dir.resolve(name + ".db");
  }

  private List<String> digests(String name) {
    List<String> digests = new ArrayList<>();
    try (ViewStore store = Views.at(view(name), 1).open()) {
      for (ViewSchema schema :
          List.of(FraudViews.SCORED_TRANSACTIONS, FraudViews.ALERTS, DeadLetterView.schema())) {
        digests.add(ViewDigest.of(store, schema));
      }
    }
    return digests;
  }
}
