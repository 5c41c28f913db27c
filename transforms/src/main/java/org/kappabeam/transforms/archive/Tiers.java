package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.LogBound;

/**
 * What of a log its archive has, and what the log itself still has. The archive gives all that it
 * has; the log goes on at the very offset where the archive ends, as far from what expires next as
 * can be.
 */
final class Tiers {

  /**
   * One partition.
   *
   * @param cold what the archive has; {@code [0, 0)} if nothing
   * @param hot what the log has
   */
  private record Tier(Slice.Range cold, Slice.Range hot) {
    boolean hasGap() {
      return cold.until() < hot.from();
    }
  }

  /**
   * A slice in two parts.
   *
   * @param pending the partitions of which the log itself had records when it was asked
   */
  record Parts(Slice cold, Slice hot, List<String> pending) {}

  private final Map<String, Tier> tiers = new LinkedHashMap<>();

  private Tiers() {}

  /** Looks what there is. */
  static Tiers of(ArchiveLog archive, Slice hot) {
    Map<String, Slice.Range> cold = new LinkedHashMap<>();
    archive
        .resolve(LogBound.EARLIEST, LogBound.LATEST)
        .ranges()
        .forEach(range -> cold.put(range.partition(), range));
    Tiers all = new Tiers();
    for (Slice.Range range : hot.ranges()) {
      Slice.Range before = cold.remove(range.partition());
      if (before == null) {
        before = Slice.Range.of(range.partition(), 0, 0);
      }
      if (range.until() < before.until()) {
        throw new KappaException(
            "partition %s of the log ends at offset %d, before the end %d of its archive %s"
                .formatted(range.partition(), range.until(), before.until(), archive),
            "the log was created anew or truncated, or the archive is of another log");
      }
      all.tiers.put(range.partition(), new Tier(before, range));
    }
    if (!cold.isEmpty()) {
      throw new KappaException(
          "the log has no partition "
              + String.join(", ", cold.keySet())
              + " of its archive "
              + archive,
          "the log was created anew, or the archive is of another log");
    }
    return all;
  }

  /**
   * Pins a slice.
   *
   * @param coldSlice what the archive takes the bounds for, by partition
   * @param hotSlice what the log takes them for
   */
  Slice resolve(
      LogBound from,
      LogBound until,
      Map<String, Slice.Range> coldSlice,
      Map<String, Slice.Range> hotSlice) {
    List<Slice.Range> ranges = new ArrayList<>();
    List<String> gaps = new ArrayList<>();
    tiers.forEach(
        (partition, tier) -> {
          Slice.Range cold = coldSlice.getOrDefault(partition, tier.cold());
          Slice.Range hot = hotSlice.get(partition);
          long first = bound(from, tier, cold.from(), hot.from());
          long last = bound(until, tier, cold.until(), hot.until());
          boolean withinCold = last <= tier.cold().until();
          if (tier.hasGap() && !withinCold && !from.text().equals(LogBound.LATEST)) {
            gaps.add(partition + " from offset " + tier.cold().until());
          }
          ranges.add(Slice.Range.of(partition, first, Math.max(first, last)));
        });
    failIfAny(gaps);
    return Slice.of(ranges);
  }

  private static long bound(LogBound bound, Tier tier, long cold, long hot) {
    if (bound.instant() != null) {
      // Of two records at or after the instant, the first.
      return cold < tier.cold().until() ? Math.min(cold, hot) : hot;
    }
    boolean some = tier.cold().from() < tier.cold().until();
    return bound.text().equals(LogBound.EARLIEST) && some
        ? Math.min(tier.cold().from(), tier.hot().from())
        : hot;
  }

  /**
   * Cuts a slice where the archive ends.
   *
   * @throws KappaException if neither has some part of it, with the first missing offset of each
   *     partition
   */
  Parts cut(Slice slice) {
    List<Slice.Range> colds = new ArrayList<>();
    List<Slice.Range> hots = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    List<String> gaps = new ArrayList<>();
    for (Slice.Range range : slice.ranges()) {
      Tier tier = tiers.get(range.partition());
      if (tier == null) {
        throw new KappaException(
            "the log has no partition " + range.partition(), "resolve the slice anew");
      }
      Slice.Range cold = tier.cold();
      // Before the archive begins, only the log itself can have it.
      boolean archived = range.from() >= cold.from() && range.from() < cold.until();
      long cut = archived ? Math.min(range.until(), cold.until()) : range.from();
      colds.add(Slice.Range.of(range.partition(), range.from(), cut));
      hots.add(Slice.Range.of(range.partition(), cut, range.until()));
      if (cut < range.until() && cut < tier.hot().from()) {
        gaps.add(range.partition() + " from offset " + cut);
      }
      if (cut < Math.min(range.until(), tier.hot().until())) {
        pending.add(range.partition());
      }
    }
    failIfAny(gaps);
    return new Parts(Slice.of(colds), Slice.of(hots), pending);
  }

  private static void failIfAny(List<String> gaps) {
    if (!gaps.isEmpty()) {
      throw new KappaException(
          "a gap: neither the log nor its archive has the records of partition "
              + String.join(", partition ", gaps),
          "begin behind the gap, or restore an archive that has them");
    }
  }
}
