package org.kappabeam.pipelines.house.planted.transforms.pubsub;

import org.kappabeam.pipelines.house.planted.transforms.kafka.NosyLog;

/** Knows another connector. */
public record NosySubscription(NosyLog log) {}
