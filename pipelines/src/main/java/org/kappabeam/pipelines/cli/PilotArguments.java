package org.kappabeam.pipelines.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Durations;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.MessageOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options of pilots on the command line: what {@link KappaOptions} declares, and Beam's. */
final class PilotArguments {
  private PilotArguments() {}

  /** Declares all options of pilots but some. */
  static void declare(CommandSpec spec, Set<String> except) {
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      if (!except.contains(option.name())) {
        spec.addOption(optionSpec(option));
      }
    }
  }

  static OptionSpec optionSpec(OptionCatalog.Declared option) {
    String description = option.description();
    if (option.defaultValue() != null) {
      description += " Default: " + option.defaultValue() + ".";
    } else if (option.required()) {
      description += " Required.";
    }
    OptionSpec.Builder builder =
        OptionSpec.builder("--" + option.name())
            .type(option.type())
            .paramLabel(label(option))
            // A per cent sign or a reference in a description is not for picocli to fill in.
            .description(description.replace("%", "%%").replace("${", "$${"));
    return (option.isBoolean() ? builder.arity("0..1").fallbackValue("true") : builder).build();
  }

  private static String label(OptionCatalog.Declared option) {
    if (option.type().isEnum()) {
      List<String> names = new ArrayList<>();
      for (Object constant : option.type().getEnumConstants()) {
        names.add(constant.toString());
      }
      return String.join("|", names);
    }
    return option.isNumber() ? "N" : option.name().endsWith("Properties") ? "FILE" : "VALUE";
  }

  /** What was typed, as Beam takes it. */
  static List<String> given(CommandSpec spec, ParseResult parsed) {
    List<String> given = new ArrayList<>();
    for (OptionSpec option : parsed.matchedOptionsSet()) {
      String name = option.longestName();
      // What is not in the catalogue is the command line's own, such as --verbose.
      if (isPipelineOption(name.substring(2))) {
        given.add(name + "=" + option.getValue());
      }
    }
    given.addAll(PipelineArguments.checked(spec, parsed.unmatched(), OptionCatalog.registered()));
    requireAll(spec, given);
    return given;
  }

  /** After the unknown ones: a required option may just be mistyped. */
  private static void requireAll(CommandSpec spec, List<String> given) {
    List<String> missing = new ArrayList<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      if (option.required()
          && given.stream().noneMatch(arg -> arg.startsWith("--" + option.name() + "="))) {
        missing.add("--" + option.name() + "=" + label(option));
      }
    }
    if (!missing.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "still needed: " + String.join(" ", missing));
    }
  }

  private static boolean isPipelineOption(String name) {
    return OptionCatalog.registered().containsKey(name);
  }

  static KappaOptions options(List<String> given, RunnerProfile runner) {
    boolean bounded = given.contains("--readMode=" + KappaOptions.ReadMode.SLICE);
    return PipelineArguments.options(KappaOptions.class, given, runner, bounded);
  }

  static void check(KappaOptions options) {
    Durations.parse("allowedLateness", options.getAllowedLateness());
    Durations.parse("allowedSkew", options.getAllowedSkew());
    atLeast("generation", options.getGeneration(), 1);
    atLeast("shards", options.getShards(), 1);
    atLeast("maxRecordBytes", options.getMaxRecordBytes(), 1);
    atLeast("maxRecordsPerSecond", options.getMaxRecordsPerSecond(), 0);
    atLeast("sliceRanges", options.getSliceRanges(), 0);
    MessageOptions.check(options);
    bound("from", options.getFrom(), "earliest", "latest");
    bound("until", options.getUntil(), "never", "latest");
    if (options.getReadMode() == KappaOptions.ReadMode.SLICE
        && options.getUntil().equals("never")) {
      throw new KappaException(
          "--readMode=SLICE needs an end", "add --until=latest or --until=<log time>");
    }
  }

  private static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new KappaException(
          "--" + option + "=" + value + " is too small", "use " + least + " or more");
    }
  }

  private static void bound(String option, String value, String... words) {
    if (List.of(words).contains(value)) {
      return;
    }
    try {
      Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw new KappaException(
          "--" + option + "=" + value + " is no place in a log",
          "write " + String.join(", ", words) + " or a log time such as 2018-04-01T00:00:00Z",
          e);
    }
  }
}
