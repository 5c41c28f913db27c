package org.kappabeam.pipelines.house.planted.transforms.archive;

import org.kappabeam.pipelines.house.planted.transforms.kafka.NosyLog;

/** Knows another connector. */
public record NosyArchive(NosyLog log) {}
