package org.kappabeam.pipelines.house.planted.transforms.jdbc;

import org.kappabeam.pipelines.house.planted.transforms.kafka.NosyLog;

/** Knows another connector. */
public record NosyStore(NosyLog log) {}
