package org.kappabeam.transforms.fold;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import org.kappabeam.coders.ByteReader;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.CompactCoder;

/** What a shard knows of time; all in milliseconds since the epoch. */
@AutoValue
abstract class ShardClock {
  /** No event before this time can arrive any more. */
  abstract long settleBefore();

  /** No event of the shard is later than this (rounded up, so that it changes rarely). */
  abstract long newest();

  /** The watermark of the last sweep over all keys. */
  abstract long swept();

  static ShardClock of(long settleBefore, long newest, long swept) {
    return new AutoValue_ShardClock(settleBefore, newest, swept);
  }

  static final class ClockCoder extends CompactCoder<ShardClock> {
    @Override
    public void write(ShardClock clock, ByteWriter out) {
      out.writeSignedVarLong(clock.settleBefore());
      out.writeSignedVarLong(clock.newest());
      out.writeSignedVarLong(clock.swept());
    }

    @Override
    public ShardClock read(ByteReader in) throws IOException {
      return ShardClock.of(in.readSignedVarLong(), in.readSignedVarLong(), in.readSignedVarLong());
    }
  }
}
