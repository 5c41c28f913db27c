package org.kappabeam.transforms.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.Slice;

class KafkaSliceSourceTest {

  @Property(tries = 300)
  void splittingCoversEveryOffsetOnce(
      @ForAll @Size(min = 1, max = 5) List<@LongRange(min = 0, max = 100_000) Long> lengths,
      @ForAll @IntRange(max = 200) int desiredRanges,
      @ForAll @LongRange(min = 1, max = 10_000_000) long bundleBytes) {
    List<Slice.Range> ranges = new ArrayList<>();
    for (int p = 0; p < lengths.size(); p++) {
      ranges.add(Slice.Range.of(Integer.toString(p), 7, 7 + lengths.get(p)));
    }
    List<Slice.Range> pieces = split(ranges, desiredRanges, bundleBytes);

    long offsets = lengths.stream().mapToLong(Long::longValue).sum();
    assertThat(
        (long) pieces.size(), is(greaterThanOrEqualTo(Math.min(offsets, (long) desiredRanges))));
    Map<String, Long> reached = new HashMap<>();
    ranges.forEach(range -> reached.put(range.partition(), range.from()));
    pieces.stream()
        .sorted(Comparator.comparing(Slice.Range::from))
        .forEach(
            piece -> {
              assertThat(piece.from(), is(reached.get(piece.partition())));
              reached.put(piece.partition(), piece.until());
            });
    ranges.forEach(range -> assertThat(reached.get(range.partition()), is(range.until())));
  }

  @Test
  void theFirstPiecesOfAllPartitionsComeFirst() {
    List<Slice.Range> pieces =
        split(List.of(Slice.Range.of("0", 0, 300), Slice.Range.of("1", 0, 100)), 4, 1 << 20);

    assertThat(pieces, hasSize(4));
    assertThat(pieces.get(0).from() + pieces.get(1).from(), is(0L));
  }

  private static List<Slice.Range> split(
      List<Slice.Range> ranges, int desiredRanges, long bundleBytes) {
    return new KafkaSliceSource(KafkaUri.parse("kafka://h:1/t"), Map.of(), ranges, desiredRanges)
        .split(bundleBytes, PipelineOptionsFactory.create()).stream()
            .map(source -> source.ranges().get(0))
            .toList();
  }
}
