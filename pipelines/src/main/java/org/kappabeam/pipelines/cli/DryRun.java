package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.TextTable;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.view.Views;

/** {@code kappa run PILOT --dryRun}: what would be run, found out without asking anybody. */
final class DryRun {
  /** Options that may be secrets themselves; what is printed may end in a build's log. */
  private static final Pattern SECRET = Pattern.compile("(?i)credential|password|secret|token");

  private DryRun() {}

  /** A value, and who chose it. */
  private record Choice(String value, String by) {}

  /**
   * Builds the graph and prints it.
   *
   * @param given what was typed, as {@code --name=value}
   * @throws org.kappabeam.coders.KappaException if an option makes no sense
   */
  static void print(
      Pilot pilot,
      KappaOptions options,
      List<String> given,
      Log log,
      Views views,
      RunnerProfile runner,
      Terminal terminal) {
    boolean bounded = options.getReadMode() == KappaOptions.ReadMode.SLICE;
    try (Scratch scratch = Scratch.create()) {
      runner.goOffline(options, scratch.dir());
      Pipeline pipeline = KappaPipeline.sketch(pilot, options, log).build();
      List<String> transforms = transforms(pipeline);
      List<String> described = runner.describe(pipeline, scratch.dir());
      terminal.say(
          "dry run of %s on %s: nothing was asked, written or started",
          pilot.name(), runner.name());
      terminal.say(
          "log   %s, %s, from %s until %s",
          log.uri(), options.getReadMode(), options.getFrom(), options.getUntil());
      terminal.say("view  %s: %s", views.uri(), String.join(", ", tables(pilot, views)));
      terminal.say("");
      TextTable table = TextTable.of("<option", "<chosen by", "<value");
      chosen(given, runner, bounded)
          .forEach((name, choice) -> table.row(name, choice.by(), choice.value()));
      table.write(terminal.out());
      terminal.say("");
      terminal.say("transforms (%d)", transforms.size());
      transforms.forEach(name -> terminal.say("  %s", name));
      described.forEach(line -> terminal.say("%s", line));
    }
  }

  /** The tables that would be written. */
  private static List<String> tables(Pilot pilot, Views views) {
    List<String> tables = new ArrayList<>();
    for (ViewSchema schema : pilot.tables()) {
      tables.add(views.table(schema));
    }
    return tables;
  }

  /** Every option that has a value. */
  private static Map<String, Choice> chosen(
      List<String> given, RunnerProfile runner, boolean bounded) {
    Map<String, Choice> chosen = new TreeMap<>();
    for (OptionCatalog.Declared option : OptionCatalog.of(KappaOptions.class)) {
      if (option.defaultValue() != null) {
        chosen.put(option.name(), new Choice(option.defaultValue(), "default"));
      }
    }
    runner
        .defaults(new RunnerProfile.Launch(bounded))
        .forEach((name, value) -> chosen.put(name, new Choice(value, runner.name())));
    for (String arg : given) {
      int equals = arg.indexOf('=');
      String name = arg.substring(2, equals < 0 ? arg.length() : equals);
      String value = equals < 0 ? "true" : arg.substring(equals + 1);
      chosen.put(name, new Choice(SECRET.matcher(name).find() ? "(not shown)" : value, "you"));
    }
    return chosen;
  }

  /** The names of the transforms that do the work, in the order of the data. */
  static List<String> transforms(Pipeline pipeline) {
    List<String> names = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            names.add(node.getFullName());
          }
        });
    return names;
  }
}
