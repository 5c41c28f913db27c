package org.kappabeam.pipelines.house.planted.transforms.cassandra;

import org.kappabeam.pipelines.house.planted.transforms.kafka.NosyLog;

/** Knows another connector. */
public record NosyTable(NosyLog log) {}
