package org.kappabeam.transforms.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.Slice;

/**
 * Reads every file of an archive again and compares it with its manifest: size, checksum, number of
 * records, offsets, log times, and that no offset comes twice.
 */
public final class ArchiveVerifier {
  /**
   * What was found.
   *
   * @param files how many files the manifests name
   * @param records how many records were read
   * @param problems how many problems there are
   * @param strays how many files no manifest names; they do no harm
   */
  public record Report(long files, long records, long problems, long strays) {}

  private final ArchiveStore store;
  private final Consumer<String> problem;
  private final Consumer<Report> progress;
  private long files;
  private long records;
  private long problems;

  private ArchiveVerifier(ArchiveStore store, Consumer<String> problem, Consumer<Report> progress) {
    this.store = store;
    this.problem = problem;
    this.progress = progress;
  }

  /**
   * Verifies an archive.
   *
   * @param problem is told each problem, in one line
   * @param progress is told after each file how far it is
   * @throws KappaException if there is no archive, or its manifests cannot be used at all
   */
  public static Report verify(String uri, Consumer<String> problem, Consumer<Report> progress) {
    return new ArchiveVerifier(new ArchiveStore(ArchiveUri.parse(uri)), problem, progress).run();
  }

  private Report run() {
    Catalog catalog = Catalog.loadExisting(store);
    Set<String> named = new HashSet<>();
    for (Manifest manifest : catalog.manifests()) {
      Map<String, Slice.Range> ranges = new HashMap<>();
      manifest.ranges().forEach(range -> ranges.put(range.partition(), range));
      Map<String, Seen> seen = new HashMap<>();
      for (ArchivedFile file : manifest.files()) {
        files++;
        if (!named.add(file.path())) {
          tell(file.path() + ": named by two commits");
        }
        Slice.Range range = ranges.get(file.partition());
        if (range == null
            || file.firstOffset() < range.from()
            || file.lastOffset() >= range.until()) {
          tell(file.path() + ": holds offsets that commit " + manifest.number() + " does not");
        }
        check(file, seen.computeIfAbsent(file.partition(), unused -> new Seen()));
        progress.accept(new Report(files, records, problems, 0));
      }
    }
    List<ArchiveStore.Found> all = store.list(ArchivePath.ALL);
    long strays = all.stream().filter(found -> !named.contains(found.path())).count();
    return new Report(files, records, problems, strays);
  }

  private void tell(String what) {
    problems++;
    problem.accept(what);
  }

  private void check(ArchivedFile file, Seen seen) {
    Counting counted;
    DigestInputStream digested;
    try (InputStream opened = store.open(file.path())) {
      counted = new Counting(opened);
      digested = new DigestInputStream(counted, Checksums.newDigest());
      String content = checkRecords(file, seen, digested);
      digested.transferTo(OutputStream.nullOutputStream());
      if (counted.bytes != file.bytes()) {
        tell("%s: %d bytes, should be %d".formatted(file.path(), counted.bytes, file.bytes()));
      } else if (!Checksums.hex(digested.getMessageDigest()).equals(file.sha256())) {
        tell(file.path() + ": the checksum differs");
      } else if (!content.isEmpty()) {
        tell(file.path() + ": " + content);
      }
    } catch (KappaException | IOException e) {
      tell(file.path() + ": " + e.getMessage());
    }
  }

  /** What is wrong with the records, or nothing; leaves the stream open. */
  private String checkRecords(ArchivedFile file, Seen seen, InputStream in) {
    long count = 0;
    long first = -1;
    long last = -1;
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    ArchivePiece piece = ArchivePiece.of(file, 0, Long.MAX_VALUE);
    // Not closed: the rest of the stream is still to be digested.
    try {
      ArchiveFileReader reader = ArchiveFileReader.open(store, piece, in);
      for (LogBatch batch = reader.next(); batch != null; batch = reader.next()) {
        for (int i = 0; i < batch.size(); i++) {
          long offset = batch.offset(i);
          if (offset <= last) {
            return "offset " + offset + " after " + last;
          }
          if (!seen.add(offset)) {
            return "offset " + offset + " is in another file, too";
          }
          first = first < 0 ? offset : first;
          last = offset;
          earliest = Math.min(earliest, batch.logTime(i));
          latest = Math.max(latest, batch.logTime(i));
          count++;
        }
      }
    } catch (KappaException e) {
      return "cannot be read as records";
    }
    records += count;
    if (count != file.records()) {
      return count + " records, should be " + file.records();
    }
    if (first != file.firstOffset() || last != file.lastOffset()) {
      return "offsets %d to %d, should be %d to %d"
          .formatted(first, last, file.firstOffset(), file.lastOffset());
    }
    return earliest == file.firstLogTime() && latest == file.lastLogTime()
        ? ""
        : "log times %d to %d, should be %d to %d"
            .formatted(earliest, latest, file.firstLogTime(), file.lastLogTime());
  }

  /** Which offsets of a partition were there. */
  private static final class Seen {
    private static final int BITS = 20;

    private final Map<Long, BitSet> blocks = new HashMap<>();

    /** False if it was there before. */
    boolean add(long offset) {
      BitSet block = blocks.computeIfAbsent(offset >>> BITS, unused -> new BitSet());
      int bit = (int) (offset & ((1 << BITS) - 1));
      boolean fresh = !block.get(bit);
      block.set(bit);
      return fresh;
    }
  }

  private static final class Counting extends FilterInputStream {
    private long bytes;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      bytes += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
      int n = in.read(b, offset, length);
      bytes += Math.max(0, n);
      return n;
    }
  }
}
