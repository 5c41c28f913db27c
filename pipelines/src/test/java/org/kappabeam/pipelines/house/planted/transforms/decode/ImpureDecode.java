package org.kappabeam.pipelines.house.planted.transforms.decode;

import java.io.ObjectInputStream;
import java.sql.Connection;
import java.util.Random;
import org.kappabeam.pipelines.house.planted.pipelines.fraud.GreedyPilot;

/** Knows a store and a pipeline, reads the clock, serialized Java and dice. */
public record ImpureDecode(
    Connection store, GreedyPilot pilot, ObjectInputStream state, Random dice) {
  /** What no transform may ask. */
  public static long now() {
    return System.currentTimeMillis();
  }
}
