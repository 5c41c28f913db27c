package org.kappabeam.transforms.view;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;
import org.kappabeam.coders.view.Column;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;

/**
 * The fingerprint of a whole view: SHA-256 over its rows in key order, each as the compact bytes of
 * its key and canonical business values. Evidence is left out, since two runs may reach the same
 * result on different ways; withdrawn rows are absent. Equal digests mean equal views, whatever
 * store, runner or order made them.
 */
public final class ViewDigest {
  private final ViewSchema schema;
  private final MessageDigest sha256;
  private final ByteWriter buffer = new ByteWriter(256);
  private @Nullable String previousKey;
  private long rows;

  public ViewDigest(ViewSchema schema) {
    this.schema = schema;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest of what the store holds in its generation. */
  public static String of(ViewStore store, ViewSchema schema) {
    ViewDigest digest = new ViewDigest(schema);
    store.scan(schema, false, digest::add);
    return digest.hex();
  }

  /** The digest of rows that come in key order. */
  public static String of(Iterable<ViewRow> sorted, ViewSchema schema) {
    ViewDigest digest = new ViewDigest(schema);
    sorted.forEach(digest::add);
    return digest.hex();
  }

  /**
   * Takes the next row.
   *
   * @throws IllegalArgumentException if its key does not come after the one before
   */
  public void add(ViewRow row) {
    if (previousKey != null && ViewValues.compareKeys(previousKey, row.key()) >= 0) {
      throw new IllegalArgumentException(
          "rows must come in key order: " + row.key() + " after " + previousKey);
    }
    previousKey = row.key();
    if (row.withdrawn()) {
      return;
    }
    Object[] values = new Object[schema.columns().size()];
    for (int i = 0; i < values.length; i++) {
      Column column = schema.columns().get(i);
      values[i] = ViewValues.canonical(column, row.value(i));
    }
    buffer.reset();
    ViewRowCoder.of().write(ViewRow.of(row.key(), 0, values), buffer);
    sha256.update(buffer.buffer(), 0, buffer.size());
    rows++;
  }

  /** How many rows have been digested. */
  public long rows() {
    return rows;
  }

  /** The digest as 64 hexadecimal digits; ends the accumulation. */
  public String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
