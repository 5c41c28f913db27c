package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class KappaTest {
  private static final String LOG = "--log=kafka://localhost:9092/t";
  private static final String VIEW = "--view=sqlite:never-opened.db";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "run --help",
        "simulate --help",
        "import --help",
        "archive --help",
        "run fraud --help",
        "simulate fraud --help",
        "import fraud --help"
      })
  void everyLevelExplainsItself(String args) {
    Called called = Called.kappa(args.split(" "));

    assertThat(called.code(), is(0));
    assertThat(called.out(), startsWith("Usage: kappa"));
    assertThat(called.err(), is(emptyString()));
  }

  @Test
  void theHelpListsEachOptionWithDescriptionAndDefault() {
    String help = Called.kappa("run", "fraud", "--help").out().replaceAll("\\s+", " ");

    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      assertThat(help, containsString("--" + option.name() + "="));
      assertThat(help, containsString(option.description().substring(0, 20)));
    }
    assertThat(help, containsString("Default: earliest."));
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    Called called = Called.kappa("--version");

    assertThat(called.code(), is(0));
    assertThat(called.out(), startsWith("kappa 0."));
    assertThat(called.out(), containsString("Apache Beam 2."));
  }

  @Test
  void everyDefaultOfARunIsPinned() {
    Map<String, String> defaults = new TreeMap<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      defaults.put(option.name(), String.valueOf(option.defaultValue()));
    }

    assertThat(
        defaults,
        equalTo(
            Map.ofEntries(
                Map.entry("log", "null"),
                Map.entry("logProperties", "null"),
                Map.entry("view", "null"),
                Map.entry("generation", "1"),
                Map.entry("from", "earliest"),
                Map.entry("until", "never"),
                Map.entry("readMode", "LIVE"),
                Map.entry("sliceRanges", "0"),
                Map.entry("maxRecordsPerSecond", "0"),
                Map.entry("allowedLateness", "1d"),
                Map.entry("allowedSkew", "5m"),
                Map.entry("maxRecordBytes", "262144"),
                Map.entry("messageFormat", "null"),
                Map.entry("messageSchema", "null"),
                Map.entry("schemaRegistryUrl", "null"),
                Map.entry("schemaRegistryProperties", "null"),
                Map.entry("schemaSubjects", "null"),
                Map.entry("schemaPins", "null"),
                Map.entry("shards", "32"))));
  }

  @Test
  void everyDefaultOfASimulationIsPinned() {
    assertThat(
        defaults("simulate"),
        equalTo(
            Map.ofEntries(
                Map.entry("--partitions", "4"),
                Map.entry("--messageFormat", "AVRO"),
                Map.entry("--seed", "42"),
                Map.entry("--shuffle", "0s"),
                Map.entry("--duplicates", "0"),
                Map.entry("--corrupt", "0"),
                Map.entry("--rate", "0"),
                Map.entry("--days", "60"),
                Map.entry("--customers", "500"),
                Map.entry("--terminals", "1000"),
                Map.entry("--start", "2024-01-01"))));
  }

  @Test
  void everyDefaultOfAnImportIsPinned() {
    assertThat(
        defaults("import"),
        equalTo(
            Map.of(
                "--partitions", "4",
                "--messageFormat", "AVRO",
                "--seed", "42",
                "--shuffle", "0s",
                "--duplicates", "0",
                "--corrupt", "0",
                "--rate", "0")));
  }

  @Test
  void everyDefaultOfAnArchiveIsPinned() {
    assertThat(
        defaults(commands().get("archive")),
        equalTo(
            Map.of(
                "--from", "earliest",
                "--until", "latest",
                "--fileRecords", "100000",
                "--commitRecords", "1000000",
                "--sliceRanges", "0")));
  }

  @Test
  void theHelpNamesEveryKindOfLog() {
    for (String command : List.of("run fraud", "archive")) {
      String help = Called.kappa((command + " --help").split(" ")).out();
      for (String example : Logs.examples()) {
        assertThat(help, containsString(example));
      }
    }
  }

  @Test
  void theHelpNamesEveryKindOfView() {
    String help = Called.kappa("run", "fraud", "--help").out();
    for (String example : Views.examples()) {
      assertThat(help, containsString(example));
    }
  }

  /** The options' descriptions, by which people find the lists. */
  @Test
  void theOptionsNameEveryKind() {
    Map<String, String> descriptions = new TreeMap<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      descriptions.put(option.name(), option.description());
    }
    for (String example : Logs.examples()) {
      assertThat(descriptions.get("log"), containsString(scheme(example)));
    }
    for (String example : Views.examples()) {
      assertThat(descriptions.get("view"), containsString(scheme(example)));
    }
  }

  private static String scheme(String uri) {
    return uri.substring(0, uri.indexOf(':') + 1);
  }

  private static Map<String, CommandLine> commands() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return Kappa.commandLine(new Terminal(nowhere, nowhere)).getSubcommands();
  }

  private static Map<String, String> defaults(String command) {
    return defaults(commands().get(command).getSubcommands().get("fraud"));
  }

  private static Map<String, String> defaults(CommandLine command) {
    Map<String, String> defaults = new TreeMap<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.defaultValue() != null) {
        defaults.put(option.longestName(), option.defaultValue());
      }
    }
    return defaults;
  }

  @ParameterizedTest
  @CsvSource({
    "--vew=sqlite:a.db, --view",
    "--untill=latest, --until",
    "--allowedLatenes=1d, --allowedLateness",
    "--jobname=x, --jobName",
    "--Generation=2, --generation",
    "--lateness=2d, --allowedLateness",
    "--LATENESS=2d, --allowedLateness",
    "--maxLateness=2d, --allowedLateness",
    "--lateness-allowed=2d, --allowedLateness",
    "--registry=http://h, --schemaRegistryUrl"
  })
  void anUnknownOptionIsAnErrorThatNamesTheNearest(String typed, String meant) {
    assertUsage(Called.kappa("run", "fraud", LOG, typed), "did you mean " + meant + "?");
  }

  @Test
  void anUnknownOptionFarFromAllIsNamed() {
    Called called = Called.kappa("run", "fraud", LOG, VIEW, "--zzzzzzzzzzzz=1");

    assertUsage(called, "there is no option --zzzzzzzzzzzz");
    assertThat(called.err(), not(containsString("did you mean")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--readMode=FAST | expected one of [LIVE, SLICE]",
        "--generation=x | 'x' is not an int",
        "--generation=0 | use 1 or more",
        "--shards=0 | use 1 or more",
        "--allowedLateness=5x | is no duration",
        "--allowedSkew=-PT5M | is no duration",
        "--from=yesterday | is no place in a log",
        "--until=2018-04-01 | is no place in a log",
        "--readMode=SLICE | needs an end",
        "--targetParallelism=many | it takes a number",
        "--blockOnRun=perhaps | it takes true or false",
        "--runner=SparkRunner | without other runners",
        "stray | write options as --name=value",
        "--messageFormat=XML | expected one of [AVRO, AVRO_PLAIN",
        "--messageFormat=PROTOBUF_CONFLUENT | with --schemaRegistryUrl",
        "--messageSchema=a.avsc | cannot read --messageSchema=a.avsc",
        "--schemaRegistryUrl=http://me:secret@h/ | put credentials into --schemaRegistryProperties",
        "--schemaRegistryUrl=registry | is no address of a schema registry",
        "--schemaPins=[] | cannot read --schemaPins=[]",
        "--schemaPins={ | the pinned schemas cannot be read",
        "--logProperties=no-such-file | cannot read --logProperties=no-such-file",
      })
  void aWrongValueIsOneLineThatSaysSo(String typed, String says) {
    assertUsage(Called.kappa("run", "fraud", LOG, VIEW, typed), says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run fraud | still needed: --log=VALUE --view=VALUE",
        "run fraud --log=kafka://h:1/t | still needed: --view=VALUE",
        "run fraud --log=carrier-pigeon:x --view=sqlite:a.db | no known kind of log",
        "run fraud --log=kafka://h:1/t --view=paper:a | no view store is named by",
        "run | use one of fraud",
        "run frod | did you mean fraud?",
        "rn fraud | did you mean run?",
        "simulate fraud | --log=URI",
        "simulate fraud --log=kafka://h:1/t --duplicates=2 | is no share",
        "simulate fraud --log=kafka://h:1/t --messageFormat=XML | expected one of [AVRO, AVRO_PLAIN, AVRO_CONFLUENT, PROTOBUF_PLAIN, PROTOBUF_CONFLUENT, JSON]",
        "simulate fraud --log=kafka://h:1/t --messageFormat=AVRO_CONFLUENT | with --schemaRegistryUrl",
        "simulate fraud --log=kafka://h:1/t --format=AVRO_CONFLUENT --schemaRegistryUrl=ftp://h | is no address",
        "simulate fraud --log=kafka://h:1/t --partitions=0 | use 1 or more",
        "simulate fraud --log=kafka://h:1/t --rate=-1 | use 0 for no limit",
        "simulate fraud --log=kafka://h:1/t --shuffle=long | is no duration",
        "import fraud --log=kafka://h:1/t | FILE",
        "archive --log=kafka://h:1/t | --to=URI",
        "archive --to=archive:///a | still needed: --log=URI",
        "archive --to=archive:///a --verify --log=kafka://h:1/t | leave out --log",
        "archive --to=/a --log=kafka://h:1/t | write archive:///path",
        "archive --to=archive:///a --log=pigeon:x | no known kind of log",
        "archive --to=archive:///a --log=kafka://h:1/t --from=never | is no bound of a slice",
        "archive --to=archive:///a --log=kafka://h:1/t --until=never | no end of a copy",
        "archive --to=archive:///a --log=kafka://h:1/t --fileRecords=0 | use 1 or more",
        "archive --to=archive:///a --log=kafka://h:1/t --frm=latest | did you mean --from?",
        "archive --to=archive:///a --log=kafka://h:1/t --view=x | no option --view",
        "archive --to=archive:///a --log=kafka://h:1/t --runner=SparkRunner | other runners",
      })
  void anIncompleteOrWrongCommandIsOneLineThatSaysSo(String typed, String says) {
    assertUsage(Called.kappa(typed.split(" ")), says);
  }

  private static void assertUsage(Called called, String says) {
    assertThat(called.err(), called.code(), is(2));
    assertThat(called.out(), is(emptyString()));
    assertThat(called.err(), allOf(startsWith("kappa: "), containsString(says)));
    assertThat("one line: " + called.err(), called.err().lines().count(), is(1L));
    assertThat(called.err().strip(), endsWith("--help explains)"));
  }
}
