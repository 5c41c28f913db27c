package org.kappabeam.transforms.archive;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import java.io.Serializable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * One file of an archive, as its manifest describes it: records of one partition and one day of log
 * time, in the order of offsets. It has at least one record.
 */
@AutoValue
abstract class ArchivedFile implements Serializable {

  /** Relative to the archive. */
  abstract String path();

  abstract String partition();

  abstract long firstOffset();

  abstract long lastOffset();

  abstract long records();

  /** The lowest log time in it, in milliseconds since the epoch. */
  abstract long firstLogTime();

  /** The highest log time in it, in milliseconds since the epoch. */
  abstract long lastLogTime();

  /** The size of the file. */
  abstract long bytes();

  /** The checksum of the file, in lower-case hexadecimal digits. */
  abstract String sha256();

  static Builder builder() {
    return new AutoValue_ArchivedFile.Builder();
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder path(String path);

    abstract Builder partition(String partition);

    abstract Builder firstOffset(long offset);

    abstract Builder lastOffset(long offset);

    abstract Builder records(long records);

    abstract Builder firstLogTime(long logTime);

    abstract Builder lastLogTime(long logTime);

    abstract Builder bytes(long bytes);

    abstract Builder sha256(String sha256);

    abstract ArchivedFile build();
  }

  /** All fields, in order. */
  static final class FileCoder extends CompactCoder<ArchivedFile> {
    @Override
    public void write(ArchivedFile file, ByteWriter out) {
      out.writeString(file.path());
      out.writeString(file.partition());
      out.writeVarLong(file.firstOffset());
      out.writeVarLong(file.lastOffset());
      out.writeVarLong(file.records());
      out.writeSignedVarLong(file.firstLogTime());
      out.writeSignedVarLong(file.lastLogTime());
      out.writeVarLong(file.bytes());
      out.writeString(file.sha256());
    }

    @Override
    public ArchivedFile read(ByteReader in) throws IOException {
      return builder()
          .path(in.readString())
          .partition(in.readString())
          .firstOffset(in.readVarLong())
          .lastOffset(in.readVarLong())
          .records(in.readVarLong())
          .firstLogTime(in.readSignedVarLong())
          .lastLogTime(in.readSignedVarLong())
          .bytes(in.readVarLong())
          .sha256(in.readString())
          .build();
    }
  }
}
