package org.kappabeam.transforms.fold;

/** Where the spilled chunks of one shard's keys are. */
interface ChunkStore {
  Chunk load(String key, int series, int id);

  void save(String key, int series, Chunk chunk);

  void remove(String key, int series, int id);
}
