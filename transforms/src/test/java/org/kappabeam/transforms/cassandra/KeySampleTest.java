package org.kappabeam.transforms.cassandra;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kappabeam.transforms.view.KeyRange;

class KeySampleTest {

  @Test
  void nothingIsOneRange() {
    assertThat(new KeySample(4).ranges(), contains(KeyRange.all()));
  }

  @Test
  void fewKeysAreCutOneByOne() {
    KeySample sample = new KeySample(10);
    sample.addBucket(List.of("a", "c").iterator());
    sample.addBucket(List.of("b").iterator());
    assertThat(sample.isEnough(), is(false));
    assertThat(
        sample.ranges(),
        contains(KeyRange.of(null, "b"), KeyRange.of("b", "c"), KeyRange.of("c", null)));
  }

  @Test
  void aLargeBucketIsThinnedOutEvenly() {
    KeySample sample = new KeySample(4);
    int n = 100_000;
    // The numbers keep their order as texts, since all have as many digits.
    sample.addBucket(IntStream.range(n, 2 * n).mapToObj(Integer::toString).iterator());
    assertThat(sample.isEnough(), is(true));
    List<KeyRange> ranges = sample.ranges();
    assertThat(ranges, hasSize(4));
    for (int i = 1; i < 4; i++) {
      double cut = Double.parseDouble(String.valueOf(ranges.get(i).from()));
      assertThat(cut, closeTo(n + i * n / 4.0, n / 64.0));
    }
  }
}
