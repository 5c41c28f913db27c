/** Shards: how batches travel between keyed stages. */
package org.kappabeam.transforms.shard;
