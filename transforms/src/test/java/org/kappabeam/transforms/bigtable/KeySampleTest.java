package org.kappabeam.transforms.bigtable;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.transforms.view.KeyRange;

class KeySampleTest {
  private static String key(int i) {
    return String.format("%07d", i);
  }

  private static KeySample sample(int keys, int limit) {
    KeySample sample = new KeySample(limit);
    for (int i = 0; i < keys; i++) {
      sample.add(key(i));
    }
    return sample;
  }

  @Test
  void withoutKeysThereIsOneRange() {
    assertThat(sample(0, 8).ranges(4), contains(KeyRange.all()));
    assertThat(sample(1, 8).ranges(4), contains(KeyRange.all()));
  }

  @Test
  void fewKeysGetARangeEach() {
    assertThat(
        sample(3, 8).ranges(10),
        contains(
            KeyRange.of(null, key(1)), KeyRange.of(key(1), key(2)), KeyRange.of(key(2), null)));
  }

  @ParameterizedTest
  @CsvSource({"100,128,4", "1000,64,2", "1000,65,2", "99999,224,7", "100000,3200,100"})
  void rangesAreOfAboutTheSameSize(int keys, int limit, int n) {
    KeySample sample = sample(keys, limit);
    assertThat(sample.seen(), is((long) keys));
    List<KeyRange> ranges = sample.ranges(n);
    assertThat(ranges.size(), is(n));
    int from = 0;
    for (KeyRange range : ranges) {
      int until = range.until() == null ? keys : Integer.parseInt(range.until());
      assertThat(until - from, greaterThan(keys / n * 8 / 10));
      assertThat(until - from, lessThan(keys / n * 12 / 10 + 2));
      from = until;
    }
  }
}
