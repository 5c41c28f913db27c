package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dry run meets servers that are not there, and does not notice. */
class DryRunTest {
  private static final String NOBODY = "kafka://localhost:1/payments";

  @Test
  void itSaysWhatWouldBeReadWrittenAndDone(@TempDir Path dir) {
    Path file = dir.resolve("views.db");

    Called called =
        Called.kappa(
            "run", "fraud", "--log=" + NOBODY, "--view=sqlite:" + file, "--shards=7", "--dryRun");

    assertThat(called.err(), is(""));
    assertThat(called.code(), is(0));
    assertThat(called.out(), containsString(NOBODY + ", LIVE, from earliest until never"));
    assertThat(
        called.out(), containsString("scored_transactions__g1, alerts__g1, dead_letters__g1"));
    assertThat(called.out(), containsString("Fraud/By customer/Fold batches"));
    assertThat(called.out().replaceAll(" +", " "), containsString("shards you 7"));
    assertThat(called.out().replaceAll(" +", " "), containsString("blockOnRun test false"));
    assertThat(Files.exists(file), is(false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOBODY,
        "pubsub://my-project/payments?emulator=localhost:1",
        "kinesis://eu-west-1/payments?endpoint=http://localhost:1",
        "archive:///no/such/directory",
        "tiered:archive:///no/such/directory,kafka://localhost:1/payments",
      })
  void noLogIsAsked(String log) {
    Called called =
        Called.kappa(
            "run", "fraud", "--log=" + log, "--view=postgresql://localhost:1/db", "--dryRun");

    assertThat(called.err(), is(""));
    assertThat(called.code(), is(0));
  }

  @Test
  void noRegistryIsAsked() {
    Called called =
        Called.kappa(
            "run",
            "fraud",
            "--log=" + NOBODY,
            "--view=sqlite:never.db",
            "--readMode=SLICE",
            "--until=latest",
            "--schemaRegistryUrl=http://localhost:1",
            "--dryRun");

    assertThat(called.err(), is(""));
    assertThat(called.code(), is(0));
  }

  @Test
  void aWrongOptionIsFoundAndNothingElseIsPrinted() {
    Called called =
        Called.kappa(
            "run",
            "fraud",
            "--log=" + NOBODY,
            "--view=sqlite:never.db",
            "--allowedLateness=soon",
            "--dryRun");

    assertThat(called.code(), is(2));
    assertThat(called.out(), is(""));
    assertThat(called.err(), containsString("--allowedLateness=soon is no duration"));
  }

  @Test
  void whatMayBeASecretIsNotShown() {
    Called called =
        Called.kappa(
            "run",
            "fraud",
            "--log=" + NOBODY,
            "--view=sqlite:never.db",
            "--awsCredentialsProvider={\"@type\":\"StaticCredentialsProvider\","
                + "\"accessKeyId\":\"ak\",\"secretAccessKey\":\"hunter2\"}",
            "--dryRun");

    assertThat(called.out() + called.err(), not(containsString("hunter2")));
  }
}
