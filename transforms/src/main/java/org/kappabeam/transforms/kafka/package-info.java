/**
 * The Kafka log: {@code kafka://host:9092[,host2:9092]/topic}.
 *
 * <p>Partitions are named by their number, log time is the record's own timestamp (create or append
 * time, as the topic says). Only committed records are read; positions come from the slice or from
 * the checkpoint, never from a consumer group. Every record of a slice is delivered once per
 * position, with key, value, headers and log time as they are in the topic.
 */
package org.kappabeam.transforms.kafka;
