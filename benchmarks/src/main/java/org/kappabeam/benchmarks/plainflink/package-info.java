/**
 * The fraud features as somebody who knows Flink would write them by hand: keyed functions over
 * sorted arrays in heap state, own serializers, no Kryo. Shares no code with the fold; it is the
 * benchmark's yardstick and the fold's independent oracle.
 */
package org.kappabeam.benchmarks.plainflink;
