package org.kappabeam.benchmarks;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The cheapest view that still tells whether a job is right: of each row the evidence and a hash;
 * the highest evidence wins. Each task of the jobs of this process writes into a part of its own,
 * so that none waits for another. Row keys are decimal numbers, as the simulator's are. A part is
 * not thread-safe; all else is, once the tasks have ended.
 */
public final class RowTable {
  /**
   * So many that none is a humongous object to the collector, which would begin a cycle each time.
   */
  private static final int STRIPES = 256;

  private static final int STRIPE_SHIFT = Long.SIZE - 8;

  /** By key; of two parts' versions of a row, the one that wins comes last. */
  private static final Comparator<long[]> BY_KEY =
      Comparator.<long[]>comparingLong(row -> row[0])
          .thenComparingLong(row -> row[2])
          .thenComparingLong(row -> row[1]);

  private static final List<RowTable> PARTS = new CopyOnWriteArrayList<>();

  private final Stripe[] stripes = new Stripe[STRIPES];

  private RowTable() {
    Arrays.setAll(stripes, i -> new Stripe());
  }

  /** An empty table again; parts handed out before belong to it no more. */
  public static void clear() {
    PARTS.clear();
  }

  /** A part for one task to write into. */
  public static RowTable part() {
    RowTable part = new RowTable();
    PARTS.add(part);
    return part;
  }

  /** Writes a row, unless the part has it with more evidence. */
  public void put(String key, long evidence, long hash) {
    long id = Long.parseLong(key);
    long spread = spread(id);
    stripes[(int) (spread >>> STRIPE_SHIFT)].put(id, (int) spread, evidence, hash);
  }

  private static long spread(long id) {
    return (id + 1) * 0x9E3779B97F4A7C15L;
  }

  /**
   * What the whole table holds.
   *
   * @param rows how many
   * @param sha256 over keys, hashes and evidence in the order of keys
   */
  public record Digest(long rows, String sha256) {}

  public static Digest digest() {
    long[][] all = all();
    Arrays.sort(all, BY_KEY);
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
      long rows = 0;
      for (int i = 0; i < all.length; i++) {
        if (i + 1 == all.length || all[i + 1][0] != all[i][0]) {
          bytes.clear().putLong(all[i][0]).putLong(all[i][1]).putLong(all[i][2]).flip();
          sha.update(bytes);
          rows++;
        }
      }
      return new Digest(rows, HexFormat.of().formatHex(sha.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static long[][] all() {
    int size = 0;
    for (RowTable part : PARTS) {
      for (Stripe stripe : part.stripes) {
        size += stripe.used;
      }
    }
    long[][] all = new long[size][];
    int n = 0;
    for (RowTable part : PARTS) {
      for (Stripe stripe : part.stripes) {
        n = stripe.copyTo(all, n);
      }
    }
    return all;
  }

  /** An open-addressing hash table of id, evidence and hash; evidence 0 marks a free place. */
  private static final class Stripe {
    private static final int WIDTH = 3;

    /** Enough for the usual topic: growing is not what is measured. */
    private static final int FIRST_PLACES = 1 << 13;

    private long[] rows = new long[WIDTH * FIRST_PLACES];
    private int used;

    void put(long id, int spread, long evidence, long hash) {
      int places = rows.length / WIDTH;
      int place = spread & (places - 1);
      while (rows[WIDTH * place + 1] != 0 && rows[WIDTH * place] != id) {
        place = (place + 1) & (places - 1);
      }
      int at = WIDTH * place;
      long known = rows[at + 1];
      // Of two rows with equal evidence the choice is arbitrary but must not depend on order.
      if (evidence > known || (evidence == known && hash > rows[at + 2])) {
        rows[at] = id;
        rows[at + 1] = evidence;
        rows[at + 2] = hash;
      }
      if (known == 0 && ++used > places / 4 * 3) {
        grow();
      }
    }

    private void grow() {
      long[] old = rows;
      rows = new long[2 * old.length];
      used = 0;
      for (int at = 0; at < old.length; at += WIDTH) {
        if (old[at + 1] != 0) {
          put(old[at], (int) spread(old[at]), old[at + 1], old[at + 2]);
        }
      }
    }

    int copyTo(long[][] all, int start) {
      int n = start;
      for (int at = 0; at < rows.length; at += WIDTH) {
        if (rows[at + 1] != 0) {
          all[n++] = new long[] {rows[at], rows[at + 2], rows[at + 1]};
        }
      }
      return n;
    }
  }
}
