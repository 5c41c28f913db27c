package org.kappabeam.coders.view;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.avro.SchemaNormalization;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.ByteWriter;

/**
 * One row of a view: key, evidence, values in the order of the schema's columns.
 *
 * <p>Evidence is the row's version: how many distinct events its value depends on. The row with the
 * highest evidence wins; between equal evidence the higher {@link #fingerprint} does, so that every
 * store ends with the same row whatever order writes arrive in. A withdrawn row is one whose reason
 * has vanished; readers treat it as absent.
 */
public final class ViewRow {
  private final String key;
  private final long evidence;
  private final boolean withdrawn;
  private final @Nullable Object[] values;

  private ViewRow(String key, long evidence, boolean withdrawn, @Nullable Object[] values) {
    this.key = key;
    this.evidence = evidence;
    this.withdrawn = withdrawn;
    this.values = values;
  }

  /** The values are taken over, not copied: do not change them afterwards. */
  public static ViewRow of(String key, long evidence, @Nullable Object... values) {
    return new ViewRow(key, evidence, false, values);
  }

  public static ViewRow withdrawn(String key, long evidence, @Nullable Object... values) {
    return new ViewRow(key, evidence, true, values);
  }

  public String key() {
    return key;
  }

  public long evidence() {
    return evidence;
  }

  public boolean withdrawn() {
    return withdrawn;
  }

  public List<@Nullable Object> values() {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  /** How many values the row has. */
  public int columns() {
    return values.length;
  }

  public @Nullable Object value(int column) {
    return values[column];
  }

  /** A 64-bit digest (CRC-64-AVRO) of withdrawn and values, equal on every machine. */
  public long fingerprint() {
    ByteWriter out = new ByteWriter(16 * values.length + 16);
    ViewRowCoder.writeContent(this, out);
    return SchemaNormalization.fingerprint64(out.toByteArray());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof ViewRow that)) {
      return false;
    }
    return key.equals(that.key)
        && evidence == that.evidence
        && withdrawn == that.withdrawn
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Arrays.deepHashCode(values);
  }

  @Override
  public String toString() {
    return key + "#" + evidence + (withdrawn ? "(withdrawn)" : "") + Arrays.deepToString(values);
  }
}
