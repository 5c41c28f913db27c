/**
 * A complete pilot of one's own, as docs/extending.md shows it: how full are the garages of a town?
 */
package org.kappabeam.pipelines.example;
