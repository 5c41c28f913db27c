package org.kappabeam.transforms.archive;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.util.Arrays;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;

/** Writes the file of records: the same records at the same path give the same bytes. */
final class ArchiveFileWriter {
  /** The bytes of a block before compression; also what a reader turns into one batch. */
  static final int BLOCK_BYTES = 512 << 10;

  private static final int COMPRESSION_LEVEL = 3;
  private static final int SYNC_BYTES = 16;

  private ArchiveFileWriter() {}

  static ArchivedFile write(ArchiveStore store, String path, Spool spool) {
    DigestOutputStream digested = new DigestOutputStream(store.create(path), Checksums.newDigest());
    Counting counted = new Counting(digested);
    try (OutputStream out = new BufferedOutputStream(counted, 1 << 16);
        DataFileWriter<Object> avro = new DataFileWriter<>(new GenericDatumWriter<>())) {
      // With a checksum in each block: a reader of a part of the file notices damage, too.
      avro.setCodec(CodecFactory.zstandardCodec(COMPRESSION_LEVEL, true));
      avro.setSyncInterval(BLOCK_BYTES);
      avro.create(ArchivedRecords.SCHEMA, out, sync(path));
      spool.forEachInOrder(avro::appendEncoded);
    } catch (IOException e) {
      throw store.failed("write", path, e);
    }
    return spool
        .describe()
        .path(path)
        .bytes(counted.bytes)
        .sha256(Checksums.hex(digested.getMessageDigest()))
        .build();
  }

  /** What separates blocks. Avro would take it from chance; it only has to be no common bytes. */
  private static byte[] sync(String path) {
    byte[] digest = Checksums.newDigest().digest(path.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(digest, SYNC_BYTES);
  }

  private static final class Counting extends FilterOutputStream {
    private long bytes;

    Counting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) throws IOException {
      out.write(b, offset, length);
      bytes += length;
    }
  }
}
