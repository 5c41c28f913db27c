/**
 * A schema registry with Confluent's REST API (Confluent's own, Apicurio's ccompat, Karapace,
 * Redpanda): where the schema of a message is found that names it by its id.
 *
 * <p>Guaranteed: a schema is asked for once per process; unknown ids are asked for at a bounded
 * rate; a registry that does not answer never makes a record a dead letter, but is asked again and
 * then fails the bundle with one line; secrets are resolved where they are used and appear nowhere
 * else. Not guaranteed: that an id which is registered only after its first message was read is
 * known at once; that takes up to {@link
 * org.kappabeam.transforms.registry.CachedSchemas#UNKNOWN_FOR}.
 */
package org.kappabeam.transforms.registry;
