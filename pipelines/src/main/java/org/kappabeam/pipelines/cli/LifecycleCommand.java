package org.kappabeam.pipelines.cli;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.pipelines.replay.Promotion;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.Logs;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What the commands about a pilot's generations have in common. */
abstract class LifecycleCommand implements Callable<Integer> {
  final Pilot pilot;
  final Terminal terminal;

  @SuppressWarnings("NullAway.Init") // set as soon as it is made
  CommandSpec spec;

  @Option(
      names = "--view",
      paramLabel = "URI",
      required = true,
      description = "The store with the views. Required.")
  private String view = "";

  @Option(
      names = "--logProperties",
      paramLabel = "FILE",
      description =
          "A properties file for the log's client (security and the like). Values may refer to"
              + " secrets as $${env:NAME} or $${file:PATH}.")
  private @Nullable String logProperties;

  LifecycleCommand(Pilot pilot, Terminal terminal) {
    this.pilot = pilot;
    this.terminal = terminal;
  }

  /** The command's specification, for one pilot. */
  final CommandSpec specification(String... description) {
    spec = CommandSpec.forAnnotatedObject(this).name(pilot.name());
    spec.usageMessage().description(description).sortOptions(false);
    return spec;
  }

  /** The work, with what is agreed on at hand. */
  abstract int run(ViewStore store, Lifecycle lifecycle);

  @Override
  public final Integer call() {
    Views views;
    try {
      check();
      views = views(1);
    } catch (KappaException e) {
      // Nothing was touched yet: this is about what was typed.
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try (ViewStore store = views.open()) {
      return run(store, new Lifecycle(store.control(), pilot.name(), Clock.systemUTC()));
    }
  }

  /**
   * Checks what was typed.
   *
   * @throws KappaException if it makes no sense
   */
  void check() {
    // most commands have nothing to check
  }

  final Views views(int generation) {
    return Views.at(view, generation);
  }

  final String view() {
    return view;
  }

  final Promotion promotion(Lifecycle lifecycle) {
    return new Promotion(views(1), pilot.tables(), lifecycle);
  }

  /** Opens the log a generation is made from, with the user's properties. */
  final Function<String, Log> logs() {
    Map<String, String> properties = LogProperties.load(logProperties, System.getenv());
    return uri -> Logs.open(uri, properties);
  }
}
