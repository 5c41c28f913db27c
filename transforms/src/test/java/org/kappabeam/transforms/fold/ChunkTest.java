package org.kappabeam.transforms.fold;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

class ChunkTest {
  @Test
  void anOlderVersionThatGrowsAgainLeavesTheNewerOneAsItWas() {
    Chunk old = Chunk.first(0, null, 10, 1, event(1), 2).append(20, 1, event(2), 2);
    Chunk newer = old.append(30, 1, event(3), 2);
    old.insert(1, 15, 1, event(4), 2);
    old.append(40, 1, event(5), 2);
    assertThat(newer.bytes[newer.place(2) + 1], is((byte) 3));
    assertThat(newer.times()[2], is(30L));
  }

  /** One byte, behind its length. */
  private static byte[] event(int content) {
    return new byte[] {1, (byte) content};
  }
}
