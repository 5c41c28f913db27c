package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kappabeam.coders.KappaException;

/** Writes a file so that nobody ever sees a part of it, even if the process is killed. */
final class WholeFile {
  private static final String DRAFT = ".part";

  private WholeFile() {}

  /** What is written. */
  interface Content {
    void writeTo(Writer out) throws IOException;
  }

  /**
   * Writes a file, or writes it anew.
   *
   * @throws KappaException if it cannot be written
   */
  static void write(Path file, String text) {
    write(file, out -> out.write(text));
  }

  /** The same with a content that is made on the way. */
  static void write(Path file, Content content) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A terminal or a pipe takes no other in its place.
        fill(file, content);
        return;
      }
      Path target = Files.exists(file) ? file.toRealPath() : file;
      // Always the same name: what a killed process has left is overwritten, not added to.
      Path draft = target.resolveSibling(target.getFileName() + DRAFT);
      fill(draft, content);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new KappaException(
          "cannot write " + file, "name a file in a directory you may write to", e);
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      content.writeTo(out);
    }
  }
}
