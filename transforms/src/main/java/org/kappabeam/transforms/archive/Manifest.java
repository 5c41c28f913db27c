package org.kappabeam.transforms.archive;

import com.google.auto.value.AutoValue;
import java.util.List;
import org.kappabeam.coders.log.Slice;

/** What one commit added to an archive. */
@AutoValue
abstract class Manifest {

  /** Which commit, from 1. */
  abstract int number();

  /** The URI of the log the records come from. */
  abstract String log();

  /** For each partition of the log, which offsets were copied; some of them may have no record. */
  abstract List<Slice.Range> ranges();

  /** In the order of their paths. */
  abstract List<ArchivedFile> files();

  static Manifest of(int number, String log, List<Slice.Range> ranges, List<ArchivedFile> files) {
    return new AutoValue_Manifest(number, log, List.copyOf(ranges), List.copyOf(files));
  }

  final long records() {
    return files().stream().mapToLong(ArchivedFile::records).sum();
  }

  /** Every manifest that an archive may have. */
  static final String ALL = "_manifests/*.json";

  static String path(int number) {
    return "_manifests/%08d.json".formatted(number);
  }
}
