package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.Shard;

class KinesisLineageTest {
  @Test
  void neighboursInTheSpaceOfKeysStayTogether() {
    List<Shard> shards = List.of(shard("a", 300), shard("b", 100), shard("c", 0), shard("d", 200));
    assertThat(groups(shards, 2), contains(Set.of("b", "c"), Set.of("a", "d")));
    assertThat(groups(shards, 3), contains(Set.of("c"), Set.of("b"), Set.of("d", "a")));
    assertThat(groups(shards, 9).size(), is(4));
    assertThat(groups(shards, 1), contains(Set.of("a", "b", "c", "d")));
  }

  @Test
  void relativesStayTogether() {
    List<Shard> shards =
        List.of(
            shard("a", 0),
            shard("b", 100),
            shard("c", 200),
            shard("d", 0, "a", null),
            shard("e", 50, "a", null),
            // Half of a and b.
            shard("f", 50, "e", "b"),
            shard("g", 200, "c", null));
    assertThat(groups(shards, 5), contains(Set.of("a", "b", "d", "e", "f"), Set.of("c", "g")));
  }

  @Test
  void relativesThatAreNotReadBindNobody() {
    List<Shard> shards =
        List.of(shard("a", 0), shard("b", 0, "a", null), shard("c", 100, "a", null));
    assertThat(
        KinesisLineage.groups(Set.of("b", "c"), shards, 2), contains(Set.of("b"), Set.of("c")));
    // And one that the stream does not know is read, and fails there with a clear message.
    assertThat(KinesisLineage.groups(Set.of("z"), shards, 2), contains(Set.of("z")));
  }

  private static List<Set<String>> groups(List<Shard> shards, int n) {
    return KinesisLineage.groups(
        shards.stream().map(Shard::shardId).collect(Collectors.toSet()), shards, n);
  }

  private static Shard shard(String id, int firstKey) {
    return shard(id, firstKey, null, null);
  }

  private static Shard shard(
      String id, int firstKey, @Nullable String parent, @Nullable String adjacent) {
    return Shard.builder()
        .shardId(id)
        .parentShardId(parent)
        .adjacentParentShardId(adjacent)
        .hashKeyRange(range -> range.startingHashKey(Integer.toString(firstKey)))
        .build();
  }
}
