package org.kappabeam.coders.log;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.log.Slice.Range;

class SliceTest {
  @Test
  void aSliceOfNumbersKnowsItsSize() {
    Slice slice = Slice.of(List.of(Range.of("0", 3, 10), Range.of("1", 5, 5)));
    assertThat(slice.isPinned(), is(true));
    assertThat(slice.size(), is(7L));
    assertThat(slice.ranges().get(0).isEmpty(), is(false));
    assertThat(slice.ranges().get(1).isEmpty(), is(true));
  }

  @Test
  void aSliceOfTextsKnowsOnlyWhetherItIsOpenOrEmpty() {
    Range some = Range.ofText("a", "7", ">9");
    Range none = Range.ofText("b", ">9", ">9");
    Range open = Range.ofText("c", "0", null);
    assertThat(Slice.of(List.of(some, none)).isPinned(), is(true));
    assertThat(Slice.of(List.of(some, none)).size(), is(Slice.UNKNOWN_SIZE));
    assertThat(Slice.of(List.of(none)).size(), is(0L));
    assertThat(Slice.of(List.of(none, open)).isPinned(), is(false));
    assertThat(some.isEmpty(), is(false));
    assertThat(none.isEmpty(), is(true));
    assertThat(open.isEmpty(), is(false));
  }

  @Test
  void aRangeReachesUpToTheStartOfAnother() {
    assertThat(Range.of("0", 3, Range.OPEN).upTo(Range.of("0", 9, 9)), is(Range.of("0", 3, 9)));
    assertThat(
        Range.ofText("a", "3", null).upTo(Range.ofText("a", ">9", ">9")),
        is(Range.ofText("a", "3", ">9")));
    assertThat(Range.ofText("a", "3", null).upTo(Range.ofText("a", "3", null)).isEmpty(), is(true));
    assertThrows(
        IllegalArgumentException.class,
        () -> Range.of("0", 3, Range.OPEN).upTo(Range.of("1", 9, 9)));
  }
}
