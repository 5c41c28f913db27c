package org.kappabeam.transforms.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kappabeam.coders.log.Slice;

/**
 * What a log no longer has of a slice: in one partition, everything before an offset.
 *
 * @param until the first offset that is there
 */
public record LogGap(String partition, long until) {

  /**
   * Looks for what is gone. A log whose positions are not numbers does not tell.
   *
   * @param complete whether the slice is to begin where the log once did, or at a log time: what is
   *     gone from before its first record is then missing from it, or may be
   * @throws org.kappabeam.coders.KappaException if the log cannot be reached
   */
  public static List<LogGap> find(Log log, Slice slice, boolean complete) {
    Map<String, Slice.Range> there = new HashMap<>();
    log.resolve(LogBound.EARLIEST, LogBound.LATEST)
        .ranges()
        .forEach(range -> there.put(range.partition(), range));
    List<LogGap> gaps = new ArrayList<>();
    for (Slice.Range range : slice.ranges()) {
      Slice.Range all = there.get(range.partition());
      if (range.fromText() != null) {
        continue;
      }
      if (all == null) {
        gaps.add(new LogGap(range.partition(), range.until()));
      } else if ((range.from() < all.from() && !range.isEmpty())
          || (complete && all.from() > 0 && range.from() <= all.from())) {
        gaps.add(new LogGap(range.partition(), all.from()));
      }
    }
    return gaps;
  }

  @Override
  public String toString() {
    return "partition " + partition + " before offset " + until;
  }
}
