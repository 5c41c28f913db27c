package org.kappabeam.pipelines.house.planted.transforms.bigtable;

import org.kappabeam.pipelines.house.planted.transforms.jdbc.NosyStore;

/** Knows another connector. */
public record NosyRows(NosyStore store) {}
