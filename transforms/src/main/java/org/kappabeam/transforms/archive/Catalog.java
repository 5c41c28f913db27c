package org.kappabeam.transforms.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;

/** All that the manifests of an archive say, taken together. */
final class Catalog {
  private final ArchiveStore store;
  private final List<Manifest> manifests;
  private final Map<String, Slice.Range> ranges = new LinkedHashMap<>();

  private Catalog(ArchiveStore store, List<Manifest> manifests) {
    this.store = store;
    this.manifests = List.copyOf(manifests);
    for (Manifest manifest : manifests) {
      for (Slice.Range next : manifest.ranges()) {
        ranges.merge(next.partition(), next, (before, after) -> joined(manifest, before, after));
      }
    }
  }

  private Slice.Range joined(Manifest manifest, Slice.Range before, Slice.Range after) {
    if (after.from() != before.until()) {
      throw new KappaException(
          "the archive %s has a %s: partition %s ends at offset %d, commit %d goes on at %d"
              .formatted(
                  store.uri(),
                  after.from() > before.until() ? "gap" : "double part",
                  before.partition(),
                  before.until(),
                  manifest.number(),
                  after.from()),
          "restore the manifests from a copy");
    }
    return Slice.Range.of(before.partition(), before.from(), after.until());
  }

  /**
   * Reads all manifests.
   *
   * @return an empty one if there is no archive yet
   * @throws KappaException if a manifest is missing or damaged, or they do not fit together
   */
  static Catalog load(ArchiveStore store) {
    List<String> paths =
        store.list(Manifest.ALL).stream().map(ArchiveStore.Found::path).sorted().toList();
    List<Manifest> manifests = new ArrayList<>(paths.size());
    // Where a look takes long, as on object stores, many take no longer than one.
    paths.parallelStream()
        .map(path -> ManifestJson.read(store, path))
        .forEachOrdered(manifests::add);
    for (int i = 0; i < manifests.size(); i++) {
      if (manifests.get(i).number() != i + 1) {
        throw new KappaException(
            "the archive " + store.uri() + " has no manifest " + Manifest.path(i + 1),
            "restore it from a copy");
      }
    }
    return new Catalog(store, manifests);
  }

  /**
   * As {@link #load}.
   *
   * @throws KappaException also if there is no archive
   */
  static Catalog loadExisting(ArchiveStore store) {
    Catalog catalog = load(store);
    if (catalog.isEmpty()) {
      throw new KappaException(
          "there is no archive at " + store.uri(),
          "correct the URI, or make one with 'archive --log=… --to=" + store.uri() + "'");
    }
    return catalog;
  }

  boolean isEmpty() {
    return manifests.isEmpty();
  }

  int lastNumber() {
    return manifests.size();
  }

  List<Manifest> manifests() {
    return manifests;
  }

  /** The URI of the log, as the last commit had it; empty if there is none. */
  String log() {
    return isEmpty() ? "" : manifests.get(manifests.size() - 1).log();
  }

  /** What is archived of each partition, in the order in which the log has them. */
  Map<String, Slice.Range> ranges() {
    return ranges;
  }

  /**
   * Where the records of a slice are, those with the earliest log times first.
   *
   * @throws KappaException if the archive does not have all of it
   */
  List<ArchivePiece> pieces(Slice slice) {
    Map<String, Slice.Range> wanted = new LinkedHashMap<>();
    for (Slice.Range range : slice.ranges()) {
      if (range.from() == range.until()) {
        continue;
      }
      Slice.Range there = ranges.get(range.partition());
      if (there == null || range.from() < there.from() || range.until() > there.until()) {
        throw new KappaException(
            "the archive %s does not have offsets [%d, %d) of partition %s; %s"
                .formatted(
                    store.uri(),
                    range.from(),
                    range.until(),
                    range.partition(),
                    there == null
                        ? "it has nothing of it"
                        : "it has [%d, %d)".formatted(there.from(), there.until())),
            "resolve the slice anew");
      }
      wanted.put(range.partition(), range);
    }
    List<ArchivePiece> pieces = new ArrayList<>();
    for (Manifest manifest : manifests) {
      for (ArchivedFile file : manifest.files()) {
        Slice.Range range = wanted.get(file.partition());
        if (range != null) {
          ArchivePiece piece = ArchivePiece.of(file, range.from(), range.until());
          if (piece.length() > 0) {
            pieces.add(piece);
          }
        }
      }
    }
    pieces.sort(
        Comparator.<ArchivePiece>comparingLong(piece -> piece.file().firstLogTime())
            .thenComparing(piece -> piece.file().partition())
            .thenComparingLong(ArchivePiece::from));
    return pieces;
  }

  /** The files of a partition, in the order of their first offsets. */
  List<ArchivedFile> files(String partition) {
    return manifests.stream()
        .flatMap(manifest -> manifest.files().stream())
        .filter(file -> file.partition().equals(partition))
        .sorted(Comparator.comparingLong(ArchivedFile::firstOffset))
        .toList();
  }
}
