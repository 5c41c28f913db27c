package org.kappabeam.pipelines.cli;

import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.pipelines.replay.Promotion;
import org.kappabeam.transforms.view.ViewStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code kappa promote PILOT}: people read another generation from now on. */
@Command
final class PromoteCommand extends LifecycleCommand {
  @Option(
      names = "--generation",
      paramLabel = "N",
      required = true,
      description = "The generation that people are to read. Required.")
  private int generation;

  @Option(
      names = "--maxLag",
      paramLabel = "RECORDS",
      defaultValue = "1000",
      description =
          "The most records it may be behind the end of its log. Default: ${DEFAULT-VALUE}.")
  private long maxLag;

  @Option(
      names = "--force",
      description = "Promote it whatever lag and comparison say; needs a --reason.")
  private boolean force;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why it is forced; goes into the audit trail.")
  private @Nullable String reason;

  private PromoteCommand(Pilot pilot, Terminal terminal) {
    super(pilot, terminal);
  }

  static CommandSpec of(Pilot pilot, Terminal terminal) {
    return new PromoteCommand(pilot, terminal)
        .specification(
            "Lets people read another generation of the pilot " + pilot.name() + ".",
            "Refused unless it has caught up and a comparison with the present one has passed.");
  }

  @Override
  void check() {
    if (force && (reason == null || reason.isBlank())) {
      throw new KappaException("--force needs a reason", "add --reason=\"…\"");
    }
    if (!force && reason != null) {
      throw new KappaException("--reason is for --force", "leave it out, or add --force");
    }
  }

  @Override
  int run(ViewStore store, Lifecycle lifecycle) {
    terminal.say(
        "%s", promotion(lifecycle).promote(generation, new Promotion.Gate(maxLag, reason), logs()));
    return 0;
  }
}
