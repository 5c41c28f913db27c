package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.KappaOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What of a command line goes to Beam and to the runner. */
final class PipelineArguments {
  private static final String RUNNER = "runner";
  private static final String APP_NAME = "appName";
  private static final Set<String> FLAG_VALUES = Set.of("true", "false");

  private PipelineArguments() {}

  /**
   * Checks the launch of a command that needs the end of its pipeline.
   *
   * @throws KappaException if the runner refuses it, or would only write a template
   */
  static void checkRun(PipelineOptions options, RunnerProfile runner) {
    runner.check(options);
    if (runner.template(options).isPresent()) {
      throw new KappaException(
          "only run makes templates", "leave out the option that says where to write one");
    }
  }

  /** The options of Beam and the runner; those of {@code run} would be without effect. */
  static Map<String, OptionCatalog.Declared> withoutPilots() {
    Map<String, OptionCatalog.Declared> known = new TreeMap<>(OptionCatalog.registered());
    OptionCatalog.of(KappaOptions.class).forEach(option -> known.remove(option.name()));
    return known;
  }

  /**
   * Arguments that are none of the command's own have to be Beam's.
   *
   * @param known the options there are, by name
   * @throws ParameterException if one is not, with the option that was probably meant
   */
  static List<String> checked(
      CommandSpec spec, List<String> unmatched, Map<String, OptionCatalog.Declared> known) {
    List<String> checked = new ArrayList<>();
    for (String arg : unmatched) {
      checked.add(checked(spec, arg, known));
    }
    return checked;
  }

  private static String checked(
      CommandSpec spec, String arg, Map<String, OptionCatalog.Declared> known) {
    if (!arg.startsWith("--")) {
      throw new ParameterException(
          spec.commandLine(), "'" + arg + "' is no option: write options as --name=value");
    }
    int equals = arg.indexOf('=');
    String name = arg.substring(2, equals < 0 ? arg.length() : equals);
    OptionCatalog.Declared option = known.get(name);
    if (option == null) {
      Set<String> candidates = new TreeSet<>(known.keySet());
      spec.options().forEach(each -> candidates.add(each.longestName().replaceFirst("^--", "")));
      String nearest = OptionCatalog.nearest(name, candidates);
      throw new ParameterException(
          spec.commandLine(),
          "there is no option --"
              + name
              + (nearest == null ? "" : ": did you mean --" + nearest + "?"));
    }
    String value = equals < 0 ? null : arg.substring(equals + 1);
    if (!fits(option, value)) {
      throw new ParameterException(
          spec.commandLine(),
          "--%s=%s is wrong: %s"
              .formatted(
                  name,
                  value == null ? "" : value,
                  option.isNumber() ? "it takes a number" : "it takes true or false"));
    }
    return arg;
  }

  private static boolean fits(OptionCatalog.Declared option, @Nullable String value) {
    if (option.isBoolean()) {
      return value == null || FLAG_VALUES.contains(value);
    }
    if (!option.isNumber()) {
      return true;
    }
    try {
      return value != null && Double.isFinite(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * The options of a pipeline: what was given, and for the rest what the runner is given.
   *
   * @param given as {@code --name=value}
   * @param bounded whether the log is read as a bounded collection
   * @throws KappaException if they do not fit together, or the runner cannot do it
   */
  static <T extends PipelineOptions> T options(
      Class<T> type, List<String> given, RunnerProfile runner, boolean bounded) {
    Map<String, String> named = named(given);
    Set<String> names = named.keySet();
    List<String> args = new ArrayList<>();
    boolean ours = !names.contains(RUNNER) || given.contains("--" + RUNNER + "=" + runner.runner());
    if (!ours) {
      throw new KappaException(
          "this is the launch of " + runner.name() + ", without other runners",
          "leave out --runner or start it with another profile");
    }
    RunnerProfile.Launch launch = new RunnerProfile.Launch(bounded, named);
    Optional<KappaException> refusal = runner.refusal(launch);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    runner
        .defaults(launch)
        .forEach(
            (name, value) -> {
              if (!names.contains(name)) {
                args.add("--" + name + "=" + value);
              }
            });
    if (!names.contains(APP_NAME)) {
      // Else Beam names jobs after the class that asks.
      args.add("--" + APP_NAME + "=kappa");
    }
    if (!names.contains(RUNNER)) {
      args.add("--" + RUNNER + "=" + runner.runner());
    }
    args.addAll(given);
    try {
      return PipelineOptionsFactory.fromArgs(args.toArray(String[]::new)).withValidation().as(type);
    } catch (RuntimeException e) {
      throw new KappaException(
          "the options do not fit together ("
              + Failures.oneLine(String.valueOf(e.getMessage()))
              + ")",
          "correct them, see --help",
          e);
    }
  }

  private static Map<String, String> named(List<String> given) {
    Map<String, String> named = new TreeMap<>();
    for (String arg : given) {
      int equals = arg.indexOf('=');
      named.put(
          arg.substring(2, equals < 0 ? arg.length() : equals),
          equals < 0 ? "true" : arg.substring(equals + 1));
    }
    return named;
  }
}
