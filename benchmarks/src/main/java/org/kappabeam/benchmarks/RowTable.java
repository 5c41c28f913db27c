package org.kappabeam.benchmarks;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The cheapest view that still tells whether a job is right: of each row the evidence and a hash;
 * the highest evidence wins. All jobs of this process write into the one table. Row keys are
 * decimal numbers, as the simulator's are. Thread-safe.
 */
public final class RowTable {
  private static final int STRIPES = 64;
  private static final Stripe[] TABLE = new Stripe[STRIPES];

  static {
    clear();
  }

  private RowTable() {}

  public static void clear() {
    for (int i = 0; i < STRIPES; i++) {
      TABLE[i] = new Stripe();
    }
  }

  /** Writes a row, unless the table has it with more evidence. */
  public static void put(String key, long evidence, long hash) {
    long id = Long.parseLong(key);
    long spread = spread(id);
    Stripe stripe = TABLE[(int) (spread >>> 58)];
    synchronized (stripe) {
      stripe.put(id, (int) spread, evidence, hash);
    }
  }

  private static long spread(long id) {
    return (id + 1) * 0x9E3779B97F4A7C15L;
  }

  /** How many rows there are. */
  public static long size() {
    long size = 0;
    for (Stripe stripe : TABLE) {
      synchronized (stripe) {
        size += stripe.used;
      }
    }
    return size;
  }

  /** SHA-256 over keys, hashes and evidence in the order of keys. */
  public static String digest() {
    long[][] rows = new long[(int) size()][];
    int n = 0;
    for (Stripe stripe : TABLE) {
      synchronized (stripe) {
        n = stripe.copyTo(rows, n);
      }
    }
    Arrays.sort(rows, (a, b) -> Long.compare(a[0], b[0]));
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
      for (long[] row : rows) {
        bytes.clear().putLong(row[0]).putLong(row[1]).putLong(row[2]).flip();
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** An open-addressing hash table; evidence 0 marks a free place. */
  private static final class Stripe {
    private long[] ids = new long[1 << 10];
    private long[] evidences = new long[1 << 10];
    private long[] hashes = new long[1 << 10];
    private int used;

    void put(long id, int spread, long evidence, long hash) {
      int mask = ids.length - 1;
      int at = spread & mask;
      while (evidences[at] != 0 && ids[at] != id) {
        at = (at + 1) & mask;
      }
      if (evidences[at] == 0) {
        used++;
      }
      // Of two rows with equal evidence the choice is arbitrary but must not depend on order.
      if (evidence > evidences[at] || (evidence == evidences[at] && hash > hashes[at])) {
        ids[at] = id;
        evidences[at] = evidence;
        hashes[at] = hash;
      }
      if (2 * used > ids.length) {
        grow();
      }
    }

    private void grow() {
      long[] oldIds = ids;
      long[] oldEvidences = evidences;
      long[] oldHashes = hashes;
      ids = new long[2 * oldIds.length];
      evidences = new long[ids.length];
      hashes = new long[ids.length];
      used = 0;
      for (int i = 0; i < oldIds.length; i++) {
        if (oldEvidences[i] != 0) {
          put(oldIds[i], (int) spread(oldIds[i]), oldEvidences[i], oldHashes[i]);
        }
      }
    }

    int copyTo(long[][] rows, int start) {
      int n = start;
      for (int i = 0; i < ids.length; i++) {
        if (evidences[i] != 0) {
          rows[n++] = new long[] {ids[i], hashes[i], evidences[i]};
        }
      }
      return n;
    }
  }
}
