/**
 * The Kinesis log: {@code kinesis://region/stream[?envelope=kappa]}.
 *
 * <p>Read by a client of our own, not by Beam's KinesisIO: that has no bounded read, emits record
 * by record, and its watermark follows the machine's clock. Partitions are shards, positions are
 * the sequence numbers, exact to the last digit (see {@link
 * org.kappabeam.coders.log.LogPosition#wide}).
 *
 * <p>Guaranteed: every record of a slice once per position, bytes untouched; slices half-open and
 * pinned per shard; a shard's parents are emitted to their end before it; a restart reads on behind
 * the last record emitted; records that have expired before they were read are a failure, not a
 * gap.
 *
 * <p>Not guaranteed: two parents that are merged while a job runs may belong to two of its readers;
 * the merged shard then waits for the first parent only. Log time is the time of arrival, which no
 * producer can set, and there are no headers, except with {@link
 * org.kappabeam.transforms.kinesis.KinesisEnvelope envelopes}. Records that Amazon's producer
 * library has aggregated are not taken apart. Nothing is kept longer than a year.
 */
package org.kappabeam.transforms.kinesis;
