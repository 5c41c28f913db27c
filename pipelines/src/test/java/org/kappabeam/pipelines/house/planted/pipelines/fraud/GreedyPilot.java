package org.kappabeam.pipelines.house.planted.pipelines.fraud;

import org.apache.beam.runners.direct.DirectOptions;
import org.apache.kafka.common.TopicPartition;

/** Names a runner and a vendor. */
public record GreedyPilot(DirectOptions options, TopicPartition partition) {}
