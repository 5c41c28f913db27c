package org.kappabeam.transforms.bigtable;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.bigtable.data.v2.models.Range.ByteStringRange;
import com.google.protobuf.ByteString;
import java.util.zip.CRC32;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.KeyRange;

/** Row keys of a view's table: a salt byte, then the key in UTF-8. */
final class SaltedKeys {
  /** How many salts a new table gets: enough to keep a cluster of that many nodes busy. */
  static final int DEFAULT_SALTS = 16;

  /** Higher salts would meet {@link #RECORD}. */
  static final int MAX_SALTS = 128;

  /** The row that says how many salts the table has: behind all salts. */
  static final ByteString RECORD = ByteString.copyFrom(new byte[] {(byte) 0xFF});

  /** Bigtable's limit is 4,096 bytes for the whole row key. */
  private static final int MAX_KEY_BYTES = 4_095;

  private final int salts;

  SaltedKeys(int salts) {
    if (salts < 1 || salts > MAX_SALTS) {
      throw new IllegalArgumentException(salts + " salts");
    }
    this.salts = salts;
  }

  int salts() {
    return salts;
  }

  /**
   * The row key of a key.
   *
   * @throws KappaException if the key is longer than Bigtable can hold
   */
  ByteString rowKey(String key) {
    byte[] text = key.getBytes(UTF_8);
    if (text.length > MAX_KEY_BYTES) {
      throw new KappaException(
          "a key of " + text.length + " bytes is too long for Bigtable",
          "refuse keys of more than " + MAX_KEY_BYTES + " bytes with a quality rule");
    }
    CRC32 crc = new CRC32();
    crc.update(text);
    return salted((int) (crc.getValue() % salts), text);
  }

  /** The key of a row. */
  static String key(ByteString rowKey) {
    return rowKey.substring(1).toStringUtf8();
  }

  /** The part of a key range that is in a salt. */
  ByteStringRange range(int salt, KeyRange range) {
    return ByteStringRange.create(
        bound(salt, range.from()),
        range.until() == null ? first(salt + 1) : bound(salt, range.until()));
  }

  /** All rows, of all salts. */
  ByteStringRange all() {
    return ByteStringRange.create(first(0), first(salts));
  }

  /** Where a salt begins; also where a new table is split. */
  static ByteString first(int salt) {
    return salted(salt, new byte[0]);
  }

  private static ByteString bound(int salt, @Nullable String key) {
    return salted(salt, key == null ? new byte[0] : key.getBytes(UTF_8));
  }

  private static ByteString salted(int salt, byte[] text) {
    return ByteString.copyFrom(new byte[] {(byte) salt}).concat(ByteString.copyFrom(text));
  }
}
