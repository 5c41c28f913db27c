/**
 * Views in Bigtable: {@code bigtable://project/instance}.
 *
 * <p><b>Tables.</b> Each generation of a view is a table, {@code <view>__g<generation>}. The table
 * {@code kappa_views} has one row, {@code pointers}, with a cell for each view: {@code m:<view>} is
 * the generation people and programs should read. Bigtable has no views of its own, so readers look
 * the pointer up. One conditional mutation of that row moves any number of pointers, or none. The
 * table {@code kappa_control} has a row per text, {@code m:document}, whose timestamp is the
 * version.
 *
 * <p><b>Row keys.</b> {@code salt byte + key in UTF-8}. Keys of views are often time-ordered or
 * counted up, and would all be written to the one node that has the end of the table. The salt is
 * CRC-32 of the key modulo the number of salts: neighbours go to different parts of the table,
 * which is split there from the beginning, and whoever knows a key can compute its row. The number
 * of salts, 16, is recorded in the table itself (row {@code ff}, {@code m:salts}) and read from
 * there, so it can be another for tables to come. The same row has an empty cell {@code v:<column>}
 * for each column that the table was made with or has been given. Within a salt rows are in key
 * order; a scan reads all salts side by side and merges them. A range of keys is a range in each
 * salt.
 *
 * <p><b>Cells.</b> Family {@code v} has a cell per column that is not null, by the column's name:
 * LONG and TIMESTAMP as eight bytes (big-endian), DOUBLE as eight bytes (IEEE 754), BOOLEAN as one
 * byte 0 or 1, TEXT as UTF-8, BYTES as they are, DECIMAL as its text, lists as JSON. Family {@code
 * m} has {@code fingerprint} and, if the row is withdrawn, {@code withdrawn}. The timestamp of all
 * of them is the evidence, as milliseconds: Bigtable counts microseconds and takes only whole
 * milliseconds, and evidence of up to 2<sup>50</sup> is still far below its limit of 2<sup>53</sup>
 * ms.
 *
 * <p><b>One version, never a mix.</b> A blind write with the evidence as timestamp would be enough
 * against stale rows, but not where two rows of equal evidence contradict each other: the later to
 * arrive would stay, and with a cell per column, one that was written with fewer columns would
 * leave some of the other's. So a row is written by {@code CheckAndMutateRow}: unless the row's
 * cells have a higher timestamp, or the same and at least this fingerprint, it is replaced as a
 * whole. The server does that atomically, for any number of writers. GC keeps one version all the
 * same.
 *
 * <p>Not given:
 *
 * <ul>
 *   <li><b>Writes through several clusters at once.</b> {@code CheckAndMutateRow} needs an app
 *       profile with single-cluster routing and single-row transactions, which is the default of an
 *       instance with one cluster. Replicas are for reading.
 *   <li><b>Snapshots.</b> A scan sees each row whole, but not a batch of rows at once.
 * </ul>
 */
package org.kappabeam.transforms.bigtable;
