package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.log.Log;
import org.kappabeam.transforms.log.LogBound;

/**
 * What is to be done so that an archive holds a log up to some point: a list of steps, each a
 * commit of its own. A new archive begins where it is told; every later run goes on where the last
 * commit ended.
 */
public final class ArchiveCopy {
  private final ArchiveStore store;
  private final Log log;
  private final int nextNumber;
  private final Slice slice;

  private ArchiveCopy(ArchiveStore store, Log log, int nextNumber, Slice slice) {
    this.store = store;
    this.log = log;
    this.nextNumber = nextNumber;
    this.slice = slice;
  }

  /**
   * Pins what is missing in the archive.
   *
   * @param to the archive's URI
   * @param from where a new archive begins
   * @param until where it ends; never {@code never}
   * @param renamed whether the log may have another URI than at the last commit
   * @throws KappaException if log or archive cannot be reached, or the log does not go on where the
   *     archive ends
   */
  public static ArchiveCopy plan(Log log, String to, String from, String until, boolean renamed) {
    if (LogBound.until(until, LogBound.from(from)).text().equals(LogBound.NEVER)) {
      throw new KappaException("a copy needs an end", "use until=latest or a log time");
    }
    ArchiveStore store = new ArchiveStore(ArchiveUri.parse(to));
    Catalog catalog = Catalog.load(store);
    if (!catalog.isEmpty() && !catalog.log().equals(log.uri()) && !renamed) {
      throw new KappaException(
          "the archive " + to + " is of " + catalog.log() + ", not of " + log.uri(),
          "name another archive, or add --renamed if it is the same log under a new name");
    }
    Slice all = log.resolve(LogBound.EARLIEST, LogBound.LATEST);
    Slice wanted = log.resolve(from, until);
    return new ArchiveCopy(
        store, log, catalog.lastNumber() + 1, continued(catalog, store, all, wanted));
  }

  /** The part of the wanted slice that comes after what is archived. */
  private static Slice continued(Catalog catalog, ArchiveStore store, Slice all, Slice wanted) {
    Map<String, Slice.Range> there = new LinkedHashMap<>();
    all.ranges().forEach(range -> there.put(range.partition(), range));
    List<String> gaps = new ArrayList<>();
    List<Slice.Range> ranges = new ArrayList<>();
    Map<String, Slice.Range> archived = new LinkedHashMap<>(catalog.ranges());
    for (Slice.Range range : wanted.ranges()) {
      Slice.Range before = archived.remove(range.partition());
      if (before == null) {
        ranges.add(range);
        continue;
      }
      long next = before.until();
      Slice.Range log = there.getOrDefault(range.partition(), range);
      if (log.from() > next || range.from() > next) {
        gaps.add(range.partition() + " from offset " + next);
      } else if (log.until() < next) {
        throw new KappaException(
            "partition %s of the log ends at offset %d, before the archive's end %d"
                .formatted(range.partition(), log.until(), next),
            "the log was created anew or truncated: begin a new archive for it");
      }
      ranges.add(Slice.Range.of(range.partition(), next, Math.max(next, range.until())));
    }
    if (!gaps.isEmpty()) {
      throw new KappaException(
          "a gap: the archive "
              + store.uri()
              + " is missing records that the log no longer has, or that --from leaves out, in"
              + " partition "
              + String.join(", partition ", gaps),
          "begin a new archive, or leave out --from");
    }
    if (!archived.isEmpty()) {
      throw new KappaException(
          "the log has no partition " + String.join(", ", archived.keySet()) + " any more",
          "the log was created anew: begin a new archive for it");
    }
    return Slice.of(ranges);
  }

  /** All that is to be copied. */
  public Slice slice() {
    return slice;
  }

  /**
   * The steps, to be run one after the other. None if there is nothing to copy, except that a new
   * archive always gets its first commit.
   *
   * @param commitRecords about how many records one step copies; 0 for all in one
   * @param fileRecords into files of how many records of a partition at most; the same for every
   *     run of an archive, so that a second attempt makes the same files
   * @param desiredRanges as in {@link Log#slice}
   */
  public List<ArchiveStep> steps(long commitRecords, long fileRecords, int desiredRanges) {
    List<ArchiveStep> steps = new ArrayList<>();
    Slice rest = slice;
    while (rest.size() > 0 || (steps.isEmpty() && nextNumber == 1)) {
      double share =
          commitRecords == 0 ? 1 : Math.min(1, (double) commitRecords / Math.max(1, rest.size()));
      List<Slice.Range> now = new ArrayList<>();
      List<Slice.Range> later = new ArrayList<>();
      for (Slice.Range range : rest.ranges()) {
        long length = range.until() - range.from();
        // Up to the end of a file, so that no file is cut by a commit.
        long files =
            (range.from() + (long) Math.ceil(length * share) + fileRecords - 1) / fileRecords;
        long cut = share == 1 ? range.until() : Math.min(range.until(), files * fileRecords);
        now.add(Slice.Range.of(range.partition(), range.from(), cut));
        later.add(Slice.Range.of(range.partition(), cut, range.until()));
      }
      steps.add(
          new ArchiveStep(
              store, log, nextNumber + steps.size(), Slice.of(now), fileRecords, desiredRanges));
      rest = Slice.of(later);
    }
    return steps;
  }
}
