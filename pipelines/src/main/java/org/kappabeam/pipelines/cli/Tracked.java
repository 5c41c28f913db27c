package org.kappabeam.pipelines.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.OptionalLong;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Durations;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.KappaPipeline;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.replay.BuildTracker;
import org.kappabeam.pipelines.replay.Lifecycle;
import org.kappabeam.pipelines.replay.ReplayPlan;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.observe.Conservation;
import org.kappabeam.transforms.observe.ReadPositions;
import org.kappabeam.transforms.view.ControlTable;
import org.kappabeam.transforms.view.ViewStore;
import org.kappabeam.transforms.view.Views;

/** Runs a pilot while what is known of its generation is kept up to date beside the views. */
final class Tracked implements PilotRun.Watcher {
  /** Where nothing is noted. */
  private static final PilotRun.Watcher UNTOLD =
      new PilotRun.Watcher() {
        @Override
        public String progress(Conservation counts, double seconds, ReadPositions positions) {
          return "";
        }

        @Override
        public void completed(Conservation counts, double seconds, ReadPositions positions) {
          // nothing to note
        }
      };

  private final BuildTracker tracker;
  private final boolean mayGoOnWithout;
  private final Terminal terminal;

  private Tracked(BuildTracker tracker, boolean mayGoOnWithout, Terminal terminal) {
    this.tracker = tracker;
    this.mayGoOnWithout = mayGoOnWithout;
    this.terminal = terminal;
  }

  /**
   * Runs to the end of the slice, or until the process is asked to end.
   *
   * @param replay the plan that is being carried out; null for an ordinary run
   * @throws KappaException if the generation is gone, or being built by somebody else
   */
  static PilotRun.Outcome run(
      Pilot pilot,
      KappaOptions options,
      Log log,
      KappaPipeline pipeline,
      @Nullable ReplayPlan replay,
      RunnerProfile runner,
      Terminal terminal,
      Shutdown shutdown,
      Path scratch) {
    try (ViewStore store = Views.at(options.getView(), options.getGeneration()).open()) {
      ControlTable control;
      try {
        control = store.control();
      } catch (KappaException e) {
        if (replay != null) {
          throw e;
        }
        // A store without a lifecycle keeps views all the same.
        terminal.progress("not noted how far it is: %s", e.getMessage());
        return new PilotRun(pipeline, runner, terminal, shutdown, UNTOLD).toTheEnd(scratch);
      }
      Lifecycle lifecycle = new Lifecycle(control, pilot.name(), Clock.systemUTC());
      BuildTracker tracker =
          new BuildTracker(
              lifecycle,
              options.getGeneration(),
              replay,
              Version.ofProgram(),
              log,
              pipeline.slice(),
              Durations.parse("allowedLateness", options.getAllowedLateness()).toMillis());
      tracker.begin();
      try {
        Tracked watcher = new Tracked(tracker, replay == null, terminal);
        return new PilotRun(pipeline, runner, terminal, shutdown, watcher).toTheEnd(scratch);
      } finally {
        tracker.end();
      }
    }
  }

  @Override
  public String progress(Conservation counts, double seconds, ReadPositions positions) {
    try {
      OptionalLong lag = tracker.progress(counts.read(), seconds, positions);
      return lag.isPresent() ? ", %,d records behind".formatted(lag.getAsLong()) : "";
    } catch (KappaException e) {
      if (!mayGoOnWithout) {
        throw e;
      }
      // The views are what a live job is for: that nobody can see how far it is does not end it.
      terminal.progress("cannot note how far it is: %s", e.getMessage());
      return "";
    }
  }

  @Override
  public void completed(Conservation counts, double seconds, ReadPositions positions) {
    tracker.built(counts.read(), seconds, positions);
  }
}
