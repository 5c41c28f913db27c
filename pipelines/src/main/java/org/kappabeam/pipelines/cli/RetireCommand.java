package org.kappabeam.pipelines.cli;

import org.kappabeam.pipelines.pilot.Durations;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code kappa retire PILOT}: removes the tables of a generation. */
@Command
final class RetireCommand extends LifecycleCommand {
  @Option(
      names = "--generation",
      paramLabel = "N",
      required = true,
      description = "The generation whose tables are removed. Required.")
  private int generation;

  @Option(
      names = "--safetyPeriod",
      paramLabel = "DURATION",
      defaultValue = "7d",
      description =
          "How long after a promotion the generation before is kept. Default: ${DEFAULT-VALUE}.")
  private String safetyPeriod;

  private RetireCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    return new RetireCommand(pilot, terminal)
        .specification(
            "Removes the tables of a generation of the pilot " + pilot.name() + ".",
            "Refused for the one people read, and for the one before within the safety period.");
  }

  @Override
  void check() {
    Durations.parse("safetyPeriod", safetyPeriod);
  }

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    terminal.say(
        "%s",
        promotion(lifecycle).retire(generation, Durations.parse("safetyPeriod", safetyPeriod)));
    return 0;
  }
}
