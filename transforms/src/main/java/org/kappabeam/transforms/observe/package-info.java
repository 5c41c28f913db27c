/**
 * What the graph says about itself: the counters behind {@code read = folded + duplicate + dead}.
 */
package org.kappabeam.transforms.observe;
