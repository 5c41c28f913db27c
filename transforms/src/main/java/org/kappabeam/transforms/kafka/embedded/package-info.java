/** A real Kafka broker inside this process, for the demo and for tests. */
package org.kappabeam.transforms.kafka.embedded;
