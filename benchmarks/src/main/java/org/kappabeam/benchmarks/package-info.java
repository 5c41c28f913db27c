/**
 * How fast the product is, measured against what its users would otherwise write or pick: the raw
 * Kafka consumer, a hand-written Flink job, Beam's own coders.
 */
package org.kappabeam.benchmarks;
