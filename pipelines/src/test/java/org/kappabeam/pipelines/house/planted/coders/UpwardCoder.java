package org.kappabeam.pipelines.house.planted.coders;

import org.kappabeam.pipelines.house.planted.transforms.decode.ImpureDecode;

/** Knows the room above. */
public record UpwardCoder(ImpureDecode decode) {}
