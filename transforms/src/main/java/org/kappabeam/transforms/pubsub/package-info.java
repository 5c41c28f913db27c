/**
 * The Pub/Sub log: {@code pubsub://project/subscription}, read live.
 *
 * <p>Guaranteed:
 *
 * <ul>
 *   <li>Every message is delivered at least once: it is acknowledged when a checkpoint that covers
 *       it is durable, and kept leased until then. A restart from a checkpoint loses nothing.
 *   <li>A message has the same position each time it comes, in every subscription of its topic: the
 *       partition is the topic, the offset is made from the message id. So a redelivery is a
 *       duplicate that is recognised, and a replay from a snapshot writes the same dead letters.
 *   <li>Log time is the publish time, or the attribute {@code logTime} where a writer brought one
 *       (see {@link org.kappabeam.transforms.pubsub.PubsubMessages}).
 * </ul>
 *
 * <p>Not guaranteed, since the service has no such thing:
 *
 * <ul>
 *   <li><b>Slices.</b> A subscription hands out what is not acknowledged, in any order; there are
 *       no positions to pin. A replay reads a new subscription that was sought to a snapshot
 *       ({@link org.kappabeam.transforms.pubsub.PubsubReplay}), or the archive of the log.
 *   <li><b>Once.</b> Messages come again after a restart and now and then for no visible reason.
 *       Their ids absorb them.
 *   <li><b>An exact watermark.</b> Nobody can ask a subscription for the log time of its oldest
 *       message. The watermark is an estimate from what arrived in the last minute ({@link
 *       org.kappabeam.transforms.pubsub.PubsubClock}); a message that is delayed for longer, and is
 *       late by more than the allowed lateness for it, may find its history forgotten.
 *   <li><b>More than one reader.</b> One source reads a subscription, so that one watermark and one
 *       checkpoint speak for all of it. What comes after the source runs in parallel.
 * </ul>
 */
package org.kappabeam.transforms.pubsub;
