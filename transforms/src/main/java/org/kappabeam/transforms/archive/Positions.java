package org.kappabeam.transforms.archive;

import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;

/** Which logs an archive can be of. */
final class Positions {
  private Positions() {}

  /**
   * Passes on a slice whose positions are offsets, which commits and tiers are cut by.
   *
   * @param log the URI of the log that the slice is of
   * @throws KappaException if they are wider numbers, given as texts
   */
  static Slice numbered(String log, Slice slice) {
    for (Slice.Range range : slice.ranges()) {
      if (range.fromText() != null || range.untilText() != null) {
        throw new KappaException(
            "the log " + log + " has positions that are no offsets, so it cannot be archived",
            "archive a log such as kafka://host:9092/topic");
      }
    }
    return slice;
  }
}
