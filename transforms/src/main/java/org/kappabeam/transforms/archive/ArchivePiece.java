package org.kappabeam.transforms.archive;

import com.google.auto.value.AutoValue;
import java.io.Serializable;

/** The records of a file whose offsets are in {@code [from, until)}. */
@AutoValue
abstract class ArchivePiece implements Serializable {
  abstract ArchivedFile file();

  abstract long from();

  abstract long until();

  static ArchivePiece of(ArchivedFile file, long from, long until) {
    return new AutoValue_ArchivePiece(
        file, Math.max(from, file.firstOffset()), Math.min(until, file.lastOffset() + 1));
  }

  final long length() {
    return Math.max(0, until() - from());
  }

  /** Its share of the file's size. */
  final long bytes() {
    double all = file().lastOffset() + 1.0 - file().firstOffset();
    return Math.max(1, (long) (file().bytes() * (length() / all)));
  }
}
