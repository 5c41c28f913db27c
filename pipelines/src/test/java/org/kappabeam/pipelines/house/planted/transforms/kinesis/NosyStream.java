package org.kappabeam.pipelines.house.planted.transforms.kinesis;

import org.kappabeam.pipelines.house.planted.transforms.kafka.NosyLog;

/** Knows another connector. */
public record NosyStream(NosyLog log) {}
