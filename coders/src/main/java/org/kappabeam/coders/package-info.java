/**
 * What an event is, as bytes: compact coders, the buffers they work on, and the batches that carry
 * many values in one Beam element.
 */
package org.kappabeam.coders;
