/**
 * The archive, a log's cold tier in files: {@code archive:///path}, {@code
 * archive+gs://bucket/prefix}, {@code archive+s3://…}, {@code archive+hdfs://…}.
 *
 * <p>{@link org.kappabeam.transforms.archive.ArchiveCopy} copies a pinned slice of any log, in one
 * or several commits. A record keeps partition, offset, log time, key, headers and bytes. Files are
 * Avro container files (zstd) under {@code log_date=…/partition=…}; a manifest in {@code
 * _manifests} names them with counts, ranges and checksums, and is written last: what no manifest
 * names does not exist, so that a run killed at any moment leaves the archive as it was. Commits
 * continue each other offset by offset; a gap or an overlap is an error.
 *
 * <p>As a log, an archive is read as a slice, or live up to its end. It has no open end, since it
 * does not grow record by record, and no writer. Guaranteed: every archived position once, exactly
 * as the log had it. Not guaranteed: that files survive a crash of the machine, as opposed to one
 * of the process, where the file system acknowledges before it has stored; {@link
 * org.kappabeam.transforms.archive.ArchiveVerifier} finds what is missing.
 *
 * <p>{@code tiered:ARCHIVE,LOG} is a log of which the archive holds the past: the archive gives all
 * that it has, the log goes on at the offset where the archive ends, and a gap between the two is
 * an error. Read live, the archive comes first; the watermark follows log time from the beginning.
 */
package org.kappabeam.transforms.archive;
