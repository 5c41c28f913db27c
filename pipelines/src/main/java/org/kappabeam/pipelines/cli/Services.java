package org.kappabeam.pipelines.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.kappabeam.coders.KappaException;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.pipelines.pilot.PilotFeed;

/** What is deployed with the command line. */
final class Services {
  private Services() {}

  /** All pilots, by name. */
  static List<Pilot> pilots() {
    List<Pilot> found = all(Pilot.class);
    found.sort(Comparator.comparing(Pilot::name));
    return found;
  }

  /** All feeds, by pilot. */
  static List<PilotFeed> feeds() {
    List<PilotFeed> found = all(PilotFeed.class);
    found.sort(Comparator.comparing(PilotFeed::pilot));
    return found;
  }

  /** The feeds of one pilot: none or one. */
  static List<PilotFeed> feedsOf(Pilot pilot) {
    return feeds().stream().filter(feed -> feed.pilot().equals(pilot.name())).toList();
  }

  /** All runners that are there, by name. */
  static List<RunnerProfile> runners() {
    List<RunnerProfile> found = all(RunnerProfile.class);
    found.sort(Comparator.comparing(RunnerProfile::name));
    return found;
  }

  /** The only runner that is there. */
  static RunnerProfile soleRunner() {
    List<RunnerProfile> found = runners();
    if (found.size() != 1) {
      throw new KappaException(
          found.isEmpty() ? "there is no runner" : "there is more than one runner",
          "start it through one of the runner profiles, such as -Pdirect-runner");
    }
    return found.get(0);
  }

  private static <T> List<T> all(Class<T> type) {
    List<T> found = new ArrayList<>();
    ServiceLoader.load(type, Services.class.getClassLoader()).forEach(found::add);
    return found;
  }
}
