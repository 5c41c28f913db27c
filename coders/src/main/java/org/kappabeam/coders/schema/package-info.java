/**
 * Schemas as they lie in files and registries: what an id of a registry stands for, how the ids of
 * a run are pinned, and what a {@code .proto} file says. Reads nothing from the network; a registry
 * is whatever implements {@link org.kappabeam.coders.schema.SchemaSource}.
 */
package org.kappabeam.coders.schema;
