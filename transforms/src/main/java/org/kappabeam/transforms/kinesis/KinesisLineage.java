package org.kappabeam.transforms.kinesis;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Which shards came from which: a split has one parent, a merge has two. */
final class KinesisLineage {
  private KinesisLineage() {}

  /** The parents of a shard, none for one of the first. */
  static Set<String> parents(Shard shard) {
    Set<String> parents = new HashSet<>();
    if (shard.parentShardId() != null) {
      parents.add(shard.parentShardId());
    }
    if (shard.adjacentParentShardId() != null) {
      parents.add(shard.adjacentParentShardId());
    }
    return parents;
  }

  /**
   * Divides shards among readers so that relatives stay together: only within a reader is it known
   * when a parent is read to its end. Readers get neighbours in the space of hash keys, because it
   * is neighbours that a later merge brings together.
   *
   * @param read the shards to be read, by name
   * @param all the shards of the stream
   * @return at most {@code n} groups, none empty
   */
  static List<Set<String>> groups(Set<String> read, List<Shard> all, int n) {
    Map<String, String> representative = new HashMap<>();
    Map<String, BigInteger> firstKey = new HashMap<>();
    read.forEach(shard -> representative.put(shard, shard));
    for (Shard shard : all) {
      if (!representative.containsKey(shard.shardId())) {
        continue;
      }
      firstKey.put(shard.shardId(), new BigInteger(shard.hashKeyRange().startingHashKey()));
      for (String parent : parents(shard)) {
        if (representative.containsKey(parent)) {
          representative.put(find(representative, parent), find(representative, shard.shardId()));
        }
      }
    }
    Map<String, Set<String>> families = new TreeMap<>();
    for (String shard : read) {
      families.computeIfAbsent(find(representative, shard), unused -> new TreeSet<>()).add(shard);
    }
    List<Set<String>> ordered = new ArrayList<>(families.values());
    ordered.sort(
        Comparator.comparing(
            family ->
                family.stream()
                    .map(shard -> firstKey.getOrDefault(shard, BigInteger.ZERO))
                    .min(Comparator.naturalOrder())
                    .orElseThrow()));
    int count = Math.min(n, ordered.size());
    List<Set<String>> groups = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Set<String> group = new TreeSet<>();
      ordered
          .subList(ordered.size() * i / count, ordered.size() * (i + 1) / count)
          .forEach(group::addAll);
      groups.add(group);
    }
    return groups;
  }

  private static String find(Map<String, String> representative, String shard) {
    String found = shard;
    while (!representative.get(found).equals(found)) {
      found = representative.get(found);
    }
    return found;
  }
}
