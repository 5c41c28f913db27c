package org.kappabeam.pipelines.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.kappabeam.coders.KappaException;

/** A temporary directory that goes with the run. */
final class Scratch implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  private final Path dir;

  private Scratch(Path dir) {
    this.dir = dir;
  }

  /**
   * Makes a new one.
   *
   * @throws KappaException if the system's temporary directory cannot be written
   */
  static Scratch create() {
    try {
      return new Scratch(Files.createTempDirectory("kappa-"));
    } catch (IOException e) {
      throw new KappaException(
          "cannot write to the temporary directory " + System.getProperty("java.io.tmpdir"),
          "make room or name another with -Djava.io.tmpdir",
          e);
    }
  }

  Path dir() {
    return dir;
  }

  /** Removes it and all that is in it. */
  @Override
  public void close() {
    for (int i = 1; Files.exists(dir); i++) {
      try {
        Files.walkFileTree(dir, new Remover());
      } catch (IOException e) {
        // A thread that is still ending may create a file in a directory just emptied.
        if (i == ATTEMPTS) {
          throw new KappaException("cannot remove " + dir, "remove it by hand", e);
        }
      }
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path each, IOException e) throws IOException {
      if (e != null) {
        throw e;
      }
      Files.deleteIfExists(each);
      return FileVisitResult.CONTINUE;
    }
  }
}
