package org.kappabeam.pipelines.house.planted.transforms.kafka;

import org.kappabeam.pipelines.house.planted.transforms.jdbc.NosyStore;

/** Knows another connector. */
public record NosyLog(NosyStore store) {}
