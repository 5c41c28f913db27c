package org.kappabeam.transforms.fold;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkTest {
  @Test
  void anOlderVersionThatGrowsAgainLeavesTheNewerOneAsItWas() {
    Chunk old = Chunk.first(0, null, 10, 1, event(1), 2).append(20, 1, event(2), 2);
    Chunk newer = old.append(30, 1, event(3), 2);
    old.insert(1, 15, 1, event(4), 2);
    old.append(40, 1, event(5), 2);
    assertThat(newer.bytes[newer.place(2) + 1], is((byte) 3));
    assertThat(newer.time(2), is(30L));
  }

  @Test
  void aTimeIsFoundHoweverUnevenlyEventsCame() {
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      long time = random.nextInt(100) - 50L;
      List<Long> times = new ArrayList<>(List.of(time));
      Chunk chunk = Chunk.first(0, null, time, 1, event(1), 2);
      int size = 1 + random.nextInt(60);
      while (times.size() < size) {
        time += 1L << random.nextInt(1 + random.nextInt(40));
        times.add(time);
        chunk = chunk.append(time, 1, event(1), 2);
      }
      int from = random.nextInt(size);
      chunk = chunk.since(from, from);
      for (int i = 0; i < size; i++) {
        for (long wanted = times.get(i) - 1; wanted <= times.get(i) + 1; wanted++) {
          int expected = from;
          while (expected < size && times.get(expected) <= wanted) {
            expected++;
          }
          assertThat(chunk.upTo(wanted), is(expected));
        }
      }
    }
  }

  /** One byte, behind its length. */
  private static byte[] event(int content) {
    return new byte[] {1, (byte) content};
  }
}
