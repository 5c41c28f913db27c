package org.kappabeam.transforms.pubsub;

import java.io.IOException;
import org.apache.beam.sdk.io.UnboundedSource;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/**
 * Where a reader stands: how many records it has emitted, and the log time it has reached. What is
 * not yet read is the subscription's business; what was emitted up to here is acknowledged once the
 * mark is durable.
 */
final class PubsubMark implements UnboundedSource.CheckpointMark {
  private final String session;
  private final long emitted;
  private final long logTime;
  private final @Nullable Runnable whenDurable;

  /**
   * @param session names the {@link PubsubSession} that emitted the records
   * @param emitted the number of the last record it emitted
   * @param logTime the log time reached, in milliseconds
   * @param whenDurable run once the runner has made the mark durable; null for a mark read back
   */
  PubsubMark(String session, long emitted, long logTime, @Nullable Runnable whenDurable) {
    this.session = session;
    this.emitted = emitted;
    this.logTime = logTime;
    this.whenDurable = whenDurable;
  }

  String session() {
    return session;
  }

  long emitted() {
    return emitted;
  }

  long logTime() {
    return logTime;
  }

  @Override
  public void finalizeCheckpoint() {
    if (whenDurable != null) {
      whenDurable.run();
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PubsubMark that
        && session.equals(that.session)
        && emitted == that.emitted
        && logTime == that.logTime;
  }

  @Override
  public int hashCode() {
    return 31 * session.hashCode() + Long.hashCode(emitted);
  }

  @Override
  public String toString() {
    return session + "@" + emitted;
  }

  /** Session, records emitted, log time. */
  static final class MarkCoder extends CompactCoder<PubsubMark> {
    private static final MarkCoder INSTANCE = new MarkCoder();

    private MarkCoder() {}

    static MarkCoder of() {
      return INSTANCE;
    }

    @Override
    public void write(PubsubMark mark, ByteWriter out) {
      out.writeString(mark.session);
      out.writeVarLong(mark.emitted);
      out.writeSignedVarLong(mark.logTime);
    }

    @Override
    public PubsubMark read(ByteReader in) throws IOException {
      return new PubsubMark(in.readString(), in.readVarLong(), in.readSignedVarLong(), null);
    }
  }
}
