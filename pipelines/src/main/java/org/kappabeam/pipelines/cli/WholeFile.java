package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kappabeam.coders.KappaException;

/** Writes a file so that nobody ever sees a part of it, even if the process is killed. */
final class WholeFile {
  private static final String DRAFT = ".part";

  private WholeFile() {}

  /**
   * Writes a file, or writes it anew.
   *
   * @throws KappaException if it cannot be written
   */
  static void write(Path file, String text) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A terminal or a pipe takes no other in its place.
        Files.writeString(file, text);
        return;
      }
      Path target = Files.exists(file) ? file.toRealPath() : file;
      // Always the same name: what a killed process has left is overwritten, not added to.
      Path draft = target.resolveSibling(target.getFileName() + DRAFT);
      Files.writeString(draft, text);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new KappaException(
          "cannot write " + file, "name a file in a directory you may write to", e);
    }
  }
}
