/**
 * Views in Apache Cassandra.
 *
 * <p>A row is one cell. The business columns stand in a frozen user type ({@code
 * <view>__g<generation>_row}), which Cassandra keeps, compares and replaces as a whole, and which
 * CQL still shows column by column: {@code SELECT id, data.amount FROM …}. The cell is written
 * {@code USING TIMESTAMP} evidence, so Cassandra's own last-writer-wins keeps the row with the most
 * evidence, on every replica, in any order, without reading first. Of cells with equal timestamp
 * Cassandra keeps the one with the larger bytes; the type's first field is the fingerprint with its
 * sign turned, so these bytes order as fingerprints do. With a cell for each column, Cassandra
 * would decide ties column by column, and a row could be a mix of two.
 *
 * <p>Keys are the clustering column of a fixed number of partitions, {@code bucket = CRC-32 of the
 * key's UTF-8 bytes mod buckets}. Each bucket is sorted by key, so a scan in key order merges the
 * buckets page by page.
 *
 * <p>What has to be agreed on is written by lightweight transactions: the pointers, all in one
 * partition of {@code kappa_views}, so that those of several views move together; the texts of
 * {@code kappa_control}; and the locks of {@code kappa_locks}, under which tables are made and
 * dropped.
 *
 * <p>Guaranteed: everything {@code ViewStore} promises. Not guaranteed, since Cassandra has neither
 * transactions over rows nor snapshots: that an upsert of many rows is seen as a whole, or that a
 * scan shows one moment of a view that is being written.
 */
package org.kappabeam.transforms.cassandra;
