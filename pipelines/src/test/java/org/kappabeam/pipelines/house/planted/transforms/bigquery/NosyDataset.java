package org.kappabeam.pipelines.house.planted.transforms.bigquery;

import org.kappabeam.pipelines.house.planted.transforms.jdbc.NosyStore;

/** Knows another connector. */
public record NosyDataset(NosyStore store) {}
