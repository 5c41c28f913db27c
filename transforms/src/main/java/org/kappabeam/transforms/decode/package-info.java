/** From log records to events, by shard: decode, quality, lateness; what is refused leaves here. */
package org.kappabeam.transforms.decode;
