package org.kappabeam.pipelines.cli;

import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code kappa rollback PILOT}: people read the generation before again. */
@Command
final class RollbackCommand extends LifecycleCommand {
  private RollbackCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    return new RollbackCommand(pilot, terminal)
        .specification(
            "Lets people read the generation of the pilot "
                + pilot.name()
                + " that was active before the last promotion.",
            "Run twice, it goes back once; kappa promote goes forth again.");
  }

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    terminal.say("%s", promotion(lifecycle).rollback());
    return 0;
  }
}
