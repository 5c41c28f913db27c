package org.kappabeam.transforms.archive;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.CreateOptions.StandardCreateOptions;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.kappabeam.coders.KappaException;

/**
 * The files of one archive, by paths relative to it. Failures of the file system are {@link
 * KappaException}s that name the file.
 */
final class ArchiveStore implements Serializable {
  private static final String BINARY = "application/octet-stream";

  private final ArchiveUri uri;

  ArchiveStore(ArchiveUri uri) {
    this.uri = uri;
  }

  String uri() {
    return uri.text();
  }

  /** A file's path, and how many bytes it has. */
  record Found(String path, long bytes) {}

  /** Opens a file for reading from its start. */
  InputStream open(String path) {
    try {
      return Channels.newInputStream(FileSystems.open(resource(path)));
    } catch (FileNotFoundException e) {
      throw new KappaException(
          "the archive " + uri + " has no file " + path,
          "restore it from a copy; 'archive --verify' lists all that is missing",
          e);
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  /** Makes a file, or makes it anew. */
  OutputStream create(String path) {
    try {
      return Channels.newOutputStream(
          FileSystems.create(
              resource(path), StandardCreateOptions.builder().setMimeType(BINARY).build()));
    } catch (IOException e) {
      throw failed("write", path, e);
    }
  }

  /** Makes a file that is there as a whole or not at all. */
  void createWhole(String path, byte[] content) {
    String temporary = path + ".tmp-" + UUID.randomUUID();
    try {
      try (OutputStream out = create(temporary)) {
        out.write(content);
      }
      FileSystems.rename(List.of(resource(temporary)), List.of(resource(path)));
    } catch (IOException e) {
      throw failed("write", path, e);
    }
  }

  /**
   * The files that match a pattern.
   *
   * @param pattern with {@code *} for any characters but a slash
   */
  List<Found> list(String pattern) {
    try {
      MatchResult match =
          FileSystems.match(uri.directory() + "/" + pattern, EmptyMatchTreatment.ALLOW);
      List<Found> found = new ArrayList<>();
      if (match.status() == MatchResult.Status.OK) {
        for (MatchResult.Metadata file : match.metadata()) {
          found.add(new Found(relative(file.resourceId(), pattern), file.sizeBytes()));
        }
      }
      return found;
    } catch (IOException e) {
      throw failed("list", pattern, e);
    } catch (IllegalArgumentException e) {
      throw noFileSystem(e);
    }
  }

  /** As many names from the end of the path as the pattern has. */
  private static String relative(ResourceId file, String pattern) {
    String path = file.toString().replace('\\', '/');
    int start = path.length();
    for (long names = pattern.chars().filter(c -> c == '/').count(); names >= 0; names--) {
      start = path.lastIndexOf('/', start - 1);
    }
    return path.substring(start + 1);
  }

  private ResourceId resource(String path) {
    try {
      return FileSystems.matchNewResource(uri.directory() + "/" + path, false);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw noFileSystem(e);
    }
  }

  private KappaException noFileSystem(Exception cause) {
    return new KappaException(
        "the file system of " + uri + " cannot be used (" + cause.getMessage() + ")",
        "correct the URI, or add Beam's module for that file system to the class path",
        cause);
  }

  KappaException failed(String doing, String path, IOException cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new KappaException(
        "cannot " + doing + " " + path + " in the archive " + uri + " (" + why + ")",
        "see that the archive can be reached and this user has the rights",
        cause);
  }
}
